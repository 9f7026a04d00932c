use super::*;

fn real() -> Knobs {
    crate::season::load(crate::season::Which::Real).unwrap().knobs
}

#[test]
fn a_value_is_read_back_as_it_was_written() {
    for knob in KNOBS {
        let (least, most) = knob.range;
        let ends =
            [least, most].map(|end| if knob.is_list() { Value::Many(vec![end]) } else { Value::One(end) });
        for value in ends.into_iter().chain([knob.read(&real())]) {
            let mut knobs = real();
            knob.write(&mut knobs, &value);
            assert_eq!(knob.read(&knobs), value, "{}", knob.name);
            assert_eq!(knob.parse(&value.to_string()), Ok(value.clone()), "{}", knob.name);
            // And nothing else moved.
            knob.write(&mut knobs, &knob.read(&real()));
            assert_eq!(knobs, real(), "{}", knob.name);
        }
    }
}

#[test]
fn every_knob_has_a_name_of_its_own_and_a_season_within_its_range() {
    for (at, knob) in KNOBS.iter().enumerate() {
        assert!(KNOBS[..at].iter().all(|other| other.name != knob.name), "{}", knob.name);
        assert_eq!(knob.check(&knob.read(&real())), Ok(()), "{}", knob.name);
        let unit = match knob.unit() {
            "s" => "_s",
            "min" => "_min",
            "days" => "_days",
            _ => "",
        };
        assert!(knob.name.ends_with(unit), "{}", knob.name);
    }
}

#[test]
fn what_does_not_fit_is_told_by_form_and_range() {
    for (name, text, expected) in [
        ("wave_s", "45", Ok("45")),
        ("wave_s", " 5 ", Ok("5")),
        ("wave_s", "600", Ok("600")),
        ("wave_s", "4", Err(Wrong::Range)),
        ("wave_s", "601", Err(Wrong::Range)),
        ("wave_s", "-45", Err(Wrong::Range)),
        ("wave_s", "1e300", Err(Wrong::Range)),
        ("wave_s", "45.5", Err(Wrong::Form)),
        ("wave_s", "NaN", Err(Wrong::Form)),
        ("wave_s", "inf", Err(Wrong::Form)),
        ("wave_s", "soon", Err(Wrong::Form)),
        ("wave_s", "", Err(Wrong::Form)),
        ("wave_s", "5, 10", Err(Wrong::Form)),
        ("mmr_k", "32.5", Ok("32.5")),
        ("mmr_k", "0.5", Err(Wrong::Range)),
        ("mmr_start", "0", Ok("0")),
        ("timeouts_min", "5,10 , 20", Ok("5, 10, 20")),
        ("timeouts_min", "5", Ok("5")),
        ("timeouts_min", "", Err(Wrong::Form)),
        ("timeouts_min", "10, 5", Err(Wrong::Form)),
        ("timeouts_min", "5, 10.5", Err(Wrong::Form)),
        ("timeouts_min", "0, 5", Err(Wrong::Range)),
        ("timeouts_min", "5,,10", Err(Wrong::Form)),
        ("play_reminders_min", "", Ok("")),
        ("play_reminders_min", "45, 90", Ok("45, 90")),
        ("play_reminders_min", "1,2,3,4,5,6", Err(Wrong::Form)),
    ] {
        let value = find(name).unwrap().parse(text).map(|value| value.to_string());
        assert_eq!(value.as_deref().map_err(|wrong| *wrong), expected, "{name} = {text}");
    }
    assert!(find("wave").is_none());
}

#[test]
fn a_list_of_the_knobs_says_what_they_are() {
    let lines: Vec<String> = KNOBS.iter().map(|knob| knob.line(&real())).collect();
    assert_eq!(
        lines[0],
        "wave_s = 45 s (5 to 600): Between waves, which fire on multiples of it since 1970."
    );
    assert!(lines.contains(
        &"play_reminders_min = 45, 90 min (1 to 360): After which the players of a running match are reminded of it."
            .to_owned()
    ));
    assert!(lines.iter().all(|line| line.ends_with('.') && line.len() < 160), "{lines:#?}");
}
