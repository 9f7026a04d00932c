//! Everything that a bot can show and ask for is shown and works, against the emulator alone.

use super::bot::Bot;
use super::{Browser, Pane};
use crate::support::wait_for;
use serde_json::{Value, json};
use std::time::Duration;

const V2: u64 = 1 << 15;
const EPHEMERAL: u64 = 1 << 6;

/// Kinds of callbacks.
const MESSAGE: u8 = 4;
const DEFERRED_MESSAGE: u8 = 5;
const UPDATE: u8 = 7;
const CHOICES: u8 = 8;
const MODAL: u8 = 9;

/// A picture of one point.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdacH-~\xf1\x1f\0\x05\xc1\x02\xc0\xa4\xdc@\xf1\0\0\0\0IEND\xaeB`\x82";

fn text(content: &str) -> Value {
    json!({ "type": 10, "content": content })
}

fn option(value: &str, is_default: bool) -> Value {
    json!({ "label": format!("Option {value}"), "value": value, "description": "Why", "default": is_default })
}

/// One of each kind in a message, but for what only modals have.
fn everything() -> Value {
    let picture = json!({ "url": "attachment://dot.png" });
    let button = |style: u8, label: &str| json!({ "type": 2, "style": style, "label": label, "custom_id": format!("button:{style}") });
    json!({ "flags": V2, "attachments": [{ "id": 0, "description": "A dot" }], "components": [
        { "type": 17, "accent_color": 0x2EA043, "components": [
            text("## A heading\nand **bold** words"),
            { "type": 9, "components": [text("Beside a picture")], "accessory": { "type": 11, "media": picture, "description": "A thumb" } },
            { "type": 9, "components": [text("Beside a button")], "accessory": button(2, "Aside") },
            { "type": 14, "divider": true, "spacing": 2 },
            { "type": 12, "items": [{ "media": picture, "description": "A graph" }] },
            { "type": 13, "file": picture },
            { "type": 1, "components": [
                button(1, "First"), button(3, "Third"), button(4, "Fourth"),
                { "type": 2, "style": 5, "label": "Elsewhere", "url": "https://example.com/" },
                { "type": 2, "style": 2, "label": "Not now", "custom_id": "off", "disabled": true },
            ] },
            { "type": 1, "components": [{ "type": 3, "custom_id": "one", "options": [option("a", true), option("b", false)] }] },
            { "type": 1, "components": [{ "type": 3, "custom_id": "two", "min_values": 0, "max_values": 2, "options": [option("c", true), option("d", false), option("e", false)] }] },
            { "type": 1, "components": [{ "type": 5, "custom_id": "who", "placeholder": "Somebody" }] },
        ] },
        text("outside, <t:4000000000:R>"),
    ] })
}

#[tokio::test]
async fn every_component_of_a_message_is_shown_and_works() {
    let Some(browser) = Browser::start(1000, 1300).await else { return };
    let mut bot = Bot::start(Duration::from_secs(8)).await;
    bot.say("ana", &everything(), Some(("dot.png", PNG.to_vec()))).await;
    browser.open(&format!("http://{}/?left=ana", bot.emulator)).await;
    let ana = Pane { browser: &browser, user: "ana" };
    for shown in [
        ".container h4",
        ".section img[alt='A thumb']",
        ".section .accessory button",
        "hr.separator.large",
        ".gallery img[alt='A graph']",
        ".file a[download='dot.png']",
        "a.link[href='https://example.com/']",
        "button[disabled][data-custom-id='off']",
        "time[data-relative]",
    ] {
        ana.see(shown).await;
    }
    let loaded = "return [...document.images].every((image) => image.complete && image.naturalWidth === 1)";
    wait_for("the pictures", async || (browser.run(loaded).await == true).then_some(())).await;
    assert_eq!(browser.text(&ana.at(".menu[data-custom-id='two'] .opener span")).await, "Option c");

    // A press is answered by another message of the same place.
    ana.press("Third").await;
    let asked = bot.asked().await;
    assert_eq!(asked["data"]["custom_id"], "button:3");
    ana.see(".waiting").await;
    bot.answer(&asked, UPDATE, json!({ "flags": V2, "components": [text("pressed"), { "type": 1, "components": [
        { "type": 3, "custom_id": "two", "min_values": 0, "max_values": 2, "options": [option("c", true), option("d", false), option("e", false)] },
    ] }] })).await;
    ana.read("pressed").await;
    browser.see_no(&ana.at(".gallery")).await;

    // Several values are told at once, when the menu closes.
    ana.choose("two", "d").await;
    ana.press("Done").await;
    let asked = bot.asked().await;
    assert_eq!(asked["data"]["values"], json!(["c", "d"]));
    bot.answer(&asked, DEFERRED_MESSAGE, json!({ "flags": EPHEMERAL })).await;
    ana.see(".thinking").await;
    bot.answer_later(&asked, json!({ "content": "only for you" })).await;
    ana.read("only for you").await;
    ana.see(".ephemeral").await;

    // Nobody answers, and it says so.
    bot.say(
        "ana",
        &json!({ "content": "x", "components": [{ "type": 1, "components": [
        { "type": 2, "style": 1, "label": "Into the void", "custom_id": "void" },
        { "type": 2, "style": 1, "label": "Who", "custom_id": "open" },
    ] }, { "type": 1, "components": [{ "type": 5, "custom_id": "who" }] }] }),
        None,
    )
    .await;
    ana.press("Into the void").await;
    bot.asked().await;
    ana.read("This interaction failed").await;

    ana.click(".menu[data-custom-id='who'] .opener").await;
    browser.click(&ana.path("//button[@role='option'][contains(., 'ana')]")).await;
    let asked = bot.asked().await;
    assert_eq!(asked["data"]["resolved"]["users"].as_object().unwrap().len(), 1, "{asked}");
    bot.answer(&asked, MESSAGE, json!({ "content": "found" })).await;
    ana.read("found").await;
    browser.reload().await;
    for words in ["pressed", "only for you", "found"] {
        ana.read(words).await;
    }
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_modal_is_filled_and_a_command_typed_with_all_kinds_of_options() {
    let Some(browser) = Browser::start(1000, 900).await else { return };
    let mut bot = Bot::start(Duration::from_secs(15)).await;
    bot.register(&json!([
        { "name": "ask", "description": "Asks", "name_localizations": { "ko": "물어보기" }, "contexts": [1] },
        { "name": "deep", "description": "Has a part", "contexts": [1], "options": [{ "type": 1, "name": "part", "description": "The part", "options": [
            { "type": 3, "name": "map", "description": "Suggested", "required": true, "autocomplete": true },
            { "type": 4, "name": "count", "description": "A number" },
            { "type": 3, "name": "size", "description": "Chosen", "choices": [{ "name": "Large", "value": "l" }] },
            { "type": 11, "name": "file", "description": "A file" },
        ] }] },
    ]))
    .await;
    browser.open(&format!("http://{}/?left=ana", bot.emulator)).await;
    let ana = Pane { browser: &browser, user: "ana" };

    ana.command("ask").await;
    let asked = bot.asked().await;
    let label = |label: &str, component: Value| json!({ "type": 18, "label": label, "description": "Help", "component": component });
    bot.answer(&asked, MODAL, json!({ "custom_id": "form", "title": "A form", "components": [
        text("Read **this** first"),
        label("Short", json!({ "type": 4, "custom_id": "short", "style": 1, "min_length": 2 })),
        label("Long", json!({ "type": 4, "custom_id": "long", "style": 2, "required": false, "value": "preset" })),
        label("Menu", json!({ "type": 3, "custom_id": "menu", "options": [option("a", false), option("b", false)] })),
    ] }))
    .await;
    ana.see(".modal .markdown strong").await;
    // The client refuses what Discord's would, and the form stays.
    ana.write(".modal [name='short']", "x").await;
    ana.choose("menu", "b").await;
    ana.press("Submit").await;
    ana.see(".modal .failure:not([hidden])").await;
    ana.write(".modal [name='short']", "yz").await;
    ana.press("Submit").await;
    let asked = bot.asked().await;
    let filled: Vec<&Value> =
        asked["data"]["components"].as_array().unwrap().iter().map(|part| &part["component"]).collect();
    let value = |id: &str| filled.iter().find(|input| input["custom_id"] == id).unwrap();
    assert_eq!(value("short")["value"], "xyz");
    assert_eq!(value("long")["value"], "preset");
    assert_eq!(value("menu")["values"], json!(["b"]));
    bot.answer(&asked, MESSAGE, json!({ "content": "Thank you" })).await;
    ana.read("Thank you").await;
    browser.see_no(".modal").await;

    ana.command("deep part").await;
    ana.write(".call [name='map']", "ra").await;
    // The empty option has asked already.
    let asked = loop {
        let asked = bot.asked().await;
        if asked["data"]["options"][0]["options"][0]["value"] == "ra" {
            break asked;
        }
    };
    bot.answer(&asked, CHOICES, json!({ "choices": [{ "name": "Radeon", "value": "radeon" }] })).await;
    ana.press("Radeon").await;
    ana.press("+ count").await;
    ana.write(".call [name='count']", "3").await;
    ana.press("+ size").await;
    browser.click(&ana.at(".call [name='size'] option[value='l']")).await;
    ana.press("+ file").await;
    let upload = tempfile::NamedTempFile::with_suffix(".SC2Replay").unwrap();
    std::fs::write(upload.path(), "bytes").unwrap();
    ana.write(".call [name='file']", upload.path().to_str().unwrap()).await;
    ana.click(".call .send").await;
    let asked = bot.asked().await;
    let part = &asked["data"]["options"][0];
    let given: Vec<(&str, &Value)> = part["options"]
        .as_array()
        .unwrap()
        .iter()
        .map(|option| (option["name"].as_str().unwrap(), &option["value"]))
        .collect();
    assert_eq!(part["name"], "part");
    assert_eq!(given[..3], [("map", &json!("radeon")), ("count", &json!(3)), ("size", &json!("l"))]);
    let sent = asked["data"]["resolved"]["attachments"].as_object().unwrap().values().next().unwrap();
    assert_eq!((given[3].0, &sent["size"]), ("file", &json!(5)));
    bot.answer(&asked, MESSAGE, json!({ "content": "Done" })).await;
    ana.read("Done").await;

    // In another language commands have other names, and the old ones are found too.
    browser.click(&ana.at(".pane-head option[value='ko']")).await;
    ana.write(".composer textarea", "/물").await;
    ana.see(".palette [data-command='ask']").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn markdown_is_discords_and_no_text_is_ever_code() {
    let Some(browser) = Browser::start(1000, 700).await else { return };
    let bot = Bot::start(Duration::from_secs(3)).await;
    #[rustfmt::skip]
    let table = [
        ("**a** *b* _c_ __d__ ~~e~~ ***f***", "<p><strong>a</strong> <em>b</em> <em>c</em> <u>d</u> <s>e</s> <strong><em>f</em></strong></p>"),
        ("bw_zerg · sc2_terran", "<p>bw_zerg · sc2_terran</p>"),
        (r"\*a\* **b\*\*c**", "<p>*a* <strong>b**c</strong></p>"),
        ("`a*b*` ``c`d``", "<p><code>a*b*</code> <code>c`d</code></p>"),
        ("# a\n### b\n-# c", "<h3>a</h3><h5>b</h5><small>c</small>"),
        ("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("2. a\n3. b", "<ol start=\"2\"><li>a</li><li>b</li></ol>"),
        ("> a\n> b\nc", "<blockquote><p>a\nb</p></blockquote><p>c</p>"),
        ("a\n```rs\n*b*\n```", "<p>a</p><pre><code>*b*</code></pre>"),
        ("a <b>c</b> & d", "<p>a &lt;b&gt;c&lt;/b&gt; &amp; d</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](https://a.b/c)", "<p><a href=\"https://a.b/c\" target=\"_blank\" rel=\"noopener noreferrer\">x</a></p>"),
        ("<@1> <#2>", "<p><span class=\"mention\">@N</span> <span class=\"mention\">#N</span></p>"),
        ("a || b", "<p>a || b</p>"),
        ("* a", "<ul><li>a</li></ul>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
    ];
    browser.open(&format!("http://{}/?left=%3Cscript%3Ealert(1)%3C/script%3E", bot.emulator)).await;
    for (text, html) in table {
        let script = format!(
            "return import('/page/markdown.js').then(({{ markdown }}) => markdown({}, {{ locale: 'en-US', nameOf: () => 'N', type() {{}} }}).innerHTML)",
            json!(text)
        );
        assert_eq!(browser.run(&script).await, html, "{text}");
    }
    let user = "<script>alert(1)</script>";
    let nasty = "<img src=x onerror=alert(1)><script>alert(2)</script> <style>*{}</style>";
    let embed =
        json!({ "title": nasty, "description": nasty, "fields": [{ "name": nasty, "value": nasty }] });
    bot.say(user, &json!({ "content": nasty, "embeds": [embed] }), None).await;
    let pane = Pane { browser: &browser, user };
    browser.see("//article[contains(., 'onerror')]").await;
    assert_eq!(browser.count(&pane.at(".log img, .log script, .log style")).await, 0);
    assert_eq!(browser.text(".pane-head b").await, user);
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_page_of_another_site_may_not_act_for_users() {
    let bot = Bot::start(Duration::from_secs(3)).await;
    let http = reqwest::Client::new();
    let own = format!("http://{}", bot.emulator);
    for (origin, status) in [(own.as_str(), 201), ("http://example.com", 403), ("null", 403)] {
        let answer =
            http.post(format!("{own}/emulator/users")).header("origin", origin).body(r#"{"name":"ana"}"#);
        assert_eq!(answer.send().await.unwrap().status(), status, "{origin}");
    }
}
