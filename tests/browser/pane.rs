//! One user's client on the page, and what a person does in it.

use super::Browser;

pub(crate) struct Pane<'a> {
    pub(crate) browser: &'a Browser,
    pub(crate) user: &'static str,
}

impl Pane<'_> {
    /// A selector below this user's client.
    pub(crate) fn at(&self, what: &str) -> String {
        format!("section[data-user='{}'] {what}", self.user)
    }

    /// A path below it.
    pub(crate) fn path(&self, what: &str) -> String {
        format!("//section[@data-user='{}']{what}", self.user)
    }

    pub(crate) async fn click(&self, what: &str) {
        self.browser.click(&self.at(what)).await;
    }

    /// Presses the newest button that is so labelled.
    pub(crate) async fn press(&self, label: &str) {
        self.browser
            .click(&self.path(&format!("//button[normalize-space()='{label}'][not(@disabled)]")))
            .await;
    }

    pub(crate) async fn write(&self, what: &str, text: &str) {
        self.browser.write(&self.at(what), text).await;
    }

    pub(crate) async fn see(&self, what: &str) {
        self.browser.see(&self.at(what)).await;
    }

    /// Waits for a message that says so.
    pub(crate) async fn read(&self, words: &str) {
        self.browser.see(&self.path(&format!("//article[contains(., '{words}')]"))).await;
    }

    /// Types a command's name, takes it from the palette, and sends it.
    pub(crate) async fn command(&self, name: &str) {
        self.write(".composer textarea", &format!("/{name}")).await;
        self.click(&format!(".palette [data-command='{name}']")).await;
    }

    /// Chooses in the newest menu of that custom id.
    pub(crate) async fn choose(&self, custom_id: &str, value: &str) {
        self.click(&format!(".menu[data-custom-id='{custom_id}'] .opener")).await;
        self.click(&format!(".options [data-value='{value}']")).await;
    }
}
