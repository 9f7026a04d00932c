//! Chromium without a window, driven by chromedriver over the WebDriver protocol, which is JSON over
//! HTTP: <https://www.w3.org/TR/webdriver2/>.

use crate::support::{PATIENCE, free_address, wait_for};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Nothing is asked of the network, and nothing is shared with other runs.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--lang=en-US",
];

/// The key under which the protocol names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// One browser with one window; both end with it.
pub(crate) struct Browser {
    http: reqwest::Client,
    driver: Child,
    address: SocketAddr,
    session: String,
    profile: TempDir,
}

impl Browser {
    /// None where there is no browser, which a machine that tests for all may not say.
    pub(crate) async fn start(width: u32, height: u32) -> Option<Browser> {
        let address = free_address();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={}", address.port()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Whatever of the browser is left at the end is told by its group.
            .process_group(0)
            .spawn();
        let driver = match driver {
            Ok(driver) => driver,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let text = "skipped: no chromedriver here; apt-get install chromium chromium-driver";
                assert!(std::env::var_os("CI").is_none(), "{text}");
                println!("{text}");
                return None;
            }
            Err(error) => panic!("start chromedriver: {error}"),
        };
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let profile = tempfile::tempdir().unwrap();
        let mut browser = Browser { http, driver, address, session: String::new(), profile };
        wait_for("chromedriver to answer", async || {
            let url = format!("http://{address}/status");
            browser.http.get(url).send().await.ok().filter(|answer| answer.status().is_success())
        })
        .await;
        let mut arguments: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        arguments.push(format!("--window-size={width},{height}"));
        arguments.push(format!("--user-data-dir={}", browser.profile.path().display()));
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "args": arguments },
        } } });
        let session = browser.call(Method::POST, "/session", Some(wanted)).await.unwrap();
        browser.session = session["sessionId"].as_str().unwrap().to_owned();
        Some(browser)
    }

    /// The value that chromedriver answers, or what went wrong in its words.
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, String> {
        let path = path.replacen("/@", &format!("/session/{}", self.session), 1);
        let mut request = self.http.request(method, format!("http://{}{path}", self.address));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let is_done = answer.status().is_success();
        let value = answer.json::<Value>().await.map_err(|error| error.to_string())?["value"].take();
        if is_done { Ok(value) } else { Err(format!("{}: {}", value["error"], value["message"])) }
    }

    pub(crate) async fn open(&self, url: &str) {
        self.call(Method::POST, "/@/url", Some(json!({ "url": url }))).await.unwrap();
    }

    pub(crate) async fn reload(&self) {
        self.call(Method::POST, "/@/refresh", Some(json!({}))).await.unwrap();
    }

    /// What a script of the page returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        let body = json!({ "script": script, "args": [] });
        self.call(Method::POST, "/@/execute/sync", Some(body)).await.unwrap()
    }

    /// Elements that are shown, by a path if it begins with `/`, else by a selector of CSS.
    async fn find(&self, what: &str) -> Vec<String> {
        let using = if what.starts_with('/') { "xpath" } else { "css selector" };
        let body = json!({ "using": using, "value": what });
        let found = self.call(Method::POST, "/@/elements", Some(body)).await.unwrap();
        let ids = found.as_array().unwrap().iter();
        ids.map(|element| element[ELEMENT].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) async fn count(&self, what: &str) -> usize {
        self.find(what).await.len()
    }

    pub(crate) async fn see(&self, what: &str) {
        self.until(what, async || (self.count(what).await > 0).then_some(())).await;
    }

    pub(crate) async fn see_no(&self, what: &str) {
        let none = async || (self.count(what).await == 0).then_some(());
        self.until(&format!("no {what}"), none).await;
    }

    /// The text of the last element.
    pub(crate) async fn text(&self, what: &str) -> String {
        self.until(what, async || {
            let element = self.find(what).await.pop()?;
            let path = format!("/@/element/{element}/text");
            self.call(Method::GET, &path, None).await.ok()?.as_str().map(str::to_owned)
        })
        .await
    }

    /// Clicks on the last element, once it can be clicked: the page draws messages anew as they change.
    pub(crate) async fn click(&self, what: &str) {
        self.act(what, "click", &json!({})).await;
    }

    /// Types into the last element.
    pub(crate) async fn write(&self, what: &str, text: &str) {
        self.act(what, "value", &json!({ "text": text })).await;
    }

    async fn act(&self, what: &str, act: &str, body: &Value) {
        self.until(what, async || {
            let element = self.find(what).await.pop()?;
            let path = format!("/@/element/{element}/{act}");
            self.call(Method::POST, &path, Some(body.clone())).await.ok()
        })
        .await;
    }

    async fn until<T>(&self, what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
        wait_for(&format!("{what} on the page"), look).await
    }

    /// A PNG of the last element.
    pub(crate) async fn picture(&self, what: &str) -> Vec<u8> {
        let element = self.find(what).await.pop().unwrap_or_else(|| panic!("there is no {what}"));
        let path = format!("/@/element/{element}/screenshot");
        from_base64(self.call(Method::GET, &path, None).await.unwrap().as_str().unwrap())
    }

    /// What the page complained of: errors of scripts, refused files, what its policy forbade. What the
    /// emulator does not let a user do is told on the page.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let body = json!({ "type": "browser" });
        let log = self.call(Method::POST, "/@/se/log", Some(body)).await.unwrap();
        let lines = log.as_array().unwrap().iter();
        let message = |line: &Value| line["message"].as_str().unwrap_or_default().to_owned();
        let severe = lines.filter(|line| line["level"] == "SEVERE").map(message);
        severe.filter(|message| !message.contains("a status of 400")).collect()
    }
}

fn from_base64(text: &str) -> Vec<u8> {
    let digit = |letter: u8| match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits: Vec<u8> = text.bytes().filter_map(digit).collect();
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for four in digits.chunks(4) {
        let bits = four.iter().fold(0_u32, |bits, digit| bits << 6 | u32::from(*digit));
        let bits = bits << (6 * (4 - four.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..four.len()]);
    }
    bytes
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromium ends with its session, and would outlive a chromedriver that is killed.
        let end = || -> std::io::Result<()> {
            let mut driver = TcpStream::connect(self.address)?;
            driver.set_read_timeout(Some(Duration::from_secs(5)))?;
            let (session, address) = (&self.session, self.address);
            write!(
                driver,
                "DELETE /session/{session} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
            )?;
            driver.read_to_end(&mut Vec::new()).map(|_| ())
        };
        if !self.session.is_empty() {
            end().ok();
        }
        killpg(Pid::from_raw(self.driver.id().cast_signed()), Signal::SIGKILL).ok();
        self.driver.wait().ok();
    }
}
