use super::*;

/// A world as version 1 has written it. These bytes are on disks; they are never edited.
const VERSION_1: &str = include_str!("version_1.ndjson");

fn world(folder: &Path) -> World {
    let config = crate::Config {
        listen: ([127, 0, 0, 1], 1).into(),
        seed: 3,
        token: "t".to_owned(),
        answer_within: crate::ANSWER_WITHIN,
        state: Some(folder.to_owned()),
    };
    let (counters, _) = crate::Stats::new();
    World::new(&config, config.listen, now(), counters)
}

fn now() -> Moment {
    Moment::from_unix_ms(1_795_000_000_000)
}

fn read(folder: &Path) -> Former {
    let lock = File::create(folder.join("lock")).unwrap();
    Former::read(lock, folder, 3).unwrap().unwrap()
}

#[test]
fn a_world_of_version_1_is_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(WORLD), VERSION_1).unwrap();
    fs::create_dir_all(folder.path().join(ATTACHMENTS)).unwrap();
    fs::write(folder.path().join(ATTACHMENTS).join("12"), b"replay").unwrap();
    fs::write(folder.path().join(ATTACHMENTS).join("99"), b"of nobody").unwrap();
    let mut world = world(folder.path());
    world.live_on(now(), read(folder.path())).unwrap();
    let ids: Vec<String> =
        world.channels.values().next().unwrap().messages.keys().map(Snowflake::to_string).collect();
    assert_eq!(ids, ["11"], "one is shown, one was deleted");
    assert_eq!(world.users.values().next().unwrap().name, "ana");
    assert_eq!(world.commands[0]["name"], "ping");
    assert_eq!(world.interactions.all().count(), 2);
    assert_eq!(world.modals.all().count(), 1);
    assert_eq!(world.nonces.len(), 1);
    assert!(world.sessions.is_known("abc"));
    assert_eq!(world.files.all().next().unwrap().1.bytes, b"replay".as_slice());
    assert_eq!((world.mint.last(), world.history.last(), world.saved.marks.life), (40, 7, 3));
    assert_eq!(world.total().interactions, 5);
    assert!(!folder.path().join(ATTACHMENTS).join("99").exists());

    // What it is written anew as is the same world.
    let mut again = self::world(folder.path());
    again.live_on(now(), read(folder.path())).unwrap();
    let written = |world: &mut World| {
        let mut text = Vec::new();
        world.write_all(now(), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        text.lines().filter(|line| !line.contains("\"marks\"")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(written(&mut again), written(&mut world));
}

#[test]
fn what_cannot_be_gone_on_with_is_said() {
    let head = r#"{"world":{"version":1,"seed":3}}"#;
    for (text, told) in [
        (r#"{"world":{"version":2,"seed":3,"new":[]}}"#.to_owned() + "\n{\"unheard\":1}\n", "version 2"),
        (r#"{"world":{"version":1,"seed":4}}"#.to_owned() + "\n", "seed 4, not 3"),
        ("{\"marks\":{\"life\":1,\"address\":null,\"last_id\":1,\"last_event\":1}}\n".to_owned(), "line 1"),
        ("no JSON\n".to_owned(), "line 1"),
        (format!("{head}\n{{\"user\":5}}\n"), "line 2"),
        (format!("{head}\n{{\"mess\n{{\"message_gone\":{{\"channel\":1,\"message\":2}}}}\n"), "line 2"),
    ] {
        let fault = parse(&text, 3).unwrap_err().to_string();
        assert!(fault.contains(told), "{text}: {fault}");
    }
    for text in ["", "{\"wor", &format!("{head}\n"), &format!("{head}\n{{\"user\":{{\"id\"")] {
        assert!(parse(text, 3).unwrap().0.is_empty(), "{text}");
    }
}

#[test]
fn a_file_that_has_grown_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = world(folder.path());
    world.live_on(now(), read(folder.path())).unwrap();
    let id = world.mint.stable("user", "ana");
    let user = User { locale: "ko".to_owned(), ..User::new(&world.mint, "ana") };
    for _ in 0..100 {
        world.admit(user.clone());
    }
    world.save(now()).unwrap();
    let path = folder.path().join(WORLD);
    let before = fs::metadata(&path).unwrap().len();
    // As if it were long.
    world.saved.place.as_mut().unwrap().file.pretend_written(LONG_BYTES);
    world.save(now()).unwrap();
    assert!(fs::metadata(&path).unwrap().len() < before / 4);
    world.admit(User { locale: "ru".to_owned(), ..user });
    world.save(now()).unwrap();
    drop(world);
    let mut again = self::world(folder.path());
    again.live_on(now(), read(folder.path())).unwrap();
    assert_eq!(again.users[&id].locale, "ru");
}
