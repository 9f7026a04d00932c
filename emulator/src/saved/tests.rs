use super::*;

/// A world as version 1 has written it. These bytes are on disks; they are never edited.
const VERSION_1: &str = include_str!("version_1.ndjson");

/// The same of version 2, with what is new in it.
const VERSION_2: &str = include_str!("version_2.ndjson");

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

    assert!(world.users.values().all(|user| user.in_guild && !user.staff));
    same_when_written_anew(folder.path(), &mut world);
}

/// What a world is written anew as is the same world.
fn same_when_written_anew(folder: &Path, world: &mut World) {
    let mut again = self::world(folder);
    again.live_on(now(), read(folder)).unwrap();
    let written = |world: &mut World| {
        let mut text = Vec::new();
        world.write_all(now(), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        text.lines().filter(|line| !line.contains("\"marks\"")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(written(&mut again), written(world));
}

#[test]
fn a_world_of_version_2_is_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(WORLD), VERSION_2).unwrap();
    let mut world = world(folder.path());
    world.live_on(now(), read(folder.path())).unwrap();
    let user = world.users.values().next().unwrap();
    assert_eq!((user.in_guild, user.staff, user.dms), (true, true, crate::world::Dms::Closed));
    let threads: Vec<(&str, bool, usize)> = world
        .threads()
        .map(|(channel, thread)| (thread.name.as_str(), thread.locked, channel.messages.len()))
        .collect();
    assert_eq!(threads, [("match 12", true, 1)], "one is there, one was deleted");
    let (_, thread) = world.threads().next().unwrap();
    assert_eq!(thread.members.len(), 1);
    let renamed = world.channels.values().any(
        |channel| matches!(&channel.place, guild::Place::Text(text) if text.name == "games" && text.topic == "t"),
    );
    assert!(renamed);
    assert_eq!(world.message(60.into(), 61.into()).unwrap().pings.users, [1.into()]);
    same_when_written_anew(folder.path(), &mut world);
}

#[test]
fn what_cannot_be_gone_on_with_is_said() {
    let head = r#"{"world":{"version":1,"seed":3}}"#;
    for (text, told) in [
        (r#"{"world":{"version":3,"seed":3,"new":[]}}"#.to_owned() + "\n{\"unheard\":1}\n", "version 3"),
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
