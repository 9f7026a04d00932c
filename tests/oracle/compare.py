"""Compares what is read here in replays with what two readers in Python read.

    compare.py FACTS [--json FILE]

FACTS is the file `facts.ndjson` that `oracle --write DIR` makes. The readers are Blizzard's own package
s2protocol, on mpyq, and sc2reader. Exits with 1 if one of them differs anywhere. As in compare.rs, each fact
has to be compared or excused, and no line repeats a text of a file.
"""

import argparse
import datetime
import html
import json
import logging
import sys

import mpyq
import sc2reader
from s2protocol import versions
from sc2reader.constants import LOBBY_PROPERTIES, LOCALIZED_RACES

# sc2reader reads a pause of this many loops or more, which is 52 hours, from 30 bits; the format has 32.
SC2READER_PAUSE = 2**22

RESULTS = ["undecided", "win", "loss", "tie"]

BLIZZARD_EXCUSED = {
    "unlisted_build": "a word of ours about what we know",
    "chat_left_out": "a word of ours about a limit",
}

SC2READER_EXCUSED = {
    "unlisted_build": "a word of ours about what we know",
    "chat_left_out": "a word of ours about a limit",
    "metadata_players": "sc2reader does not read the metadata",
    "attributes_global": "sc2reader keeps its own words for them; compared as those",
    "game_events": "sc2reader drops events that it has no class for; compared as a bound",
}


def text(value):
    return value.decode("utf-8", "replace")


def utc(filetime):
    """A file time as text, to the second below."""
    begin = datetime.datetime(1601, 1, 1)
    return (begin + datetime.timedelta(seconds=filetime // 10**7)).strftime("%Y-%m-%dT%H:%M:%SZ")


def derived(facts, name_of):
    """The facts that follow from others, by the lobby's own words: `name_of` names a slot's user."""
    playing = [one for one in facts["players"] if one["observe"] == 0 and one["control"] in (2, 3)]
    winning = {one["team"] for one in playing if one["result"] == "win"}
    watching = [slot for slot in facts["lobby"]["slots_in_use"] if slot["control"] == 2 and slot["observe"]]
    facts.update(
        participants=len(playing),
        observers=[name_of(slot["user"])[1] for slot in watching],
        winner_team=winning.pop() if len(winning) == 1 else None,
        is_1v1=len(playing) == 2
        and all(one["control"] == 2 for one in playing)
        and playing[0]["team"] != playing[1]["team"],
        random_seed=facts["lobby"]["random_seed"],
    )
    for player in facts["players"]:
        slots = [one for one in facts["lobby"]["slots_in_use"] if one["slot"] == player["slot"]]
        # A human is named in the lobby too, where clan and name are apart and without entities.
        human = bool(slots) and slots[0]["user"] is not None
        player["clan"], player["name"] = (
            name_of(slots[0]["user"]) if human else ("", html.unescape(player["name_raw"]))
        )
    return facts


def blizzard(path):
    """What Blizzard's package says, and the longest pause between game events.

    A build that it does not list is read as the newest that it does.
    """
    archive = mpyq.MPQArchive(path)
    header = versions.latest().decode_replay_header(archive.header["user_data_header"]["content"])
    version = header["m_version"]
    try:
        protocol = versions.build(version["m_baseBuild"])
    except ImportError:
        protocol = versions.latest()

    def stream(name):
        content = archive.read_file(name)
        return archive.read_file(name + ".backup") if content is None else content

    details = protocol.decode_replay_details(stream("replay.details"))
    state = protocol.decode_replay_initdata(stream("replay.initData"))["m_syncLobbyState"]
    attributes = protocol.decode_replay_attributes_events(stream("replay.attributes.events"))
    events = list(protocol.decode_replay_game_events(stream("replay.game.events")))
    messages = protocol.decode_replay_message_events(stream("replay.message.events"))
    metadata = archive.read_file("replay.gamemetadata.json")

    users = state["m_userInitialData"]
    description, lobby = state["m_gameDescription"], state["m_lobbyState"]
    options = description["m_gameOptions"]

    def name_of(user):
        return text(users[user]["m_clanTag"] or b""), text(users[user]["m_name"])

    kept = {}
    for number, values in attributes.get("scopes", {}).get(16, {}).items():
        if number in (1001, 2001, 3000, 3009, 3010, 3015, 4000):
            kept[str(number)] = text(values[-1]["value"])
    facts = {
        "base_build": version["m_baseBuild"],
        "build": version["m_build"],
        "version": "{m_major}.{m_minor}.{m_revision}".format(**version),
        "duration_game_loops": header["m_elapsedGameLoops"],
        "utc_time": utc(details["m_timeUTC"]),
        "time_utc_filetime": details["m_timeUTC"],
        "map_title": text(details["m_title"]),
        "game_speed": details["m_gameSpeed"],
        "cache_handles": [handle.hex() for handle in details["m_cacheHandles"] or []],
        "players": [
            {
                "name_raw": text(player["m_name"]),
                "race_raw": text(player["m_race"]),
                "result": RESULTS[player["m_result"]],
                "team": player["m_teamId"],
                "region": player["m_toon"]["m_region"],
                "realm": player["m_toon"]["m_realm"],
                "toon_id": player["m_toon"]["m_id"],
                "control": player["m_control"],
                "observe": player["m_observe"],
                "slot": player["m_workingSetSlotId"],
            }
            for player in details["m_playerList"] or []
        ],
        "metadata_players": None
        if metadata is None
        else [
            {
                "player_id": player["PlayerID"],
                "selected_race": player.get("SelectedRace", ""),
                "assigned_race": player.get("AssignedRace", ""),
                "result": player.get("Result", ""),
            }
            for player in json.loads(metadata)["Players"]
        ],
        "attributes_global": kept,
        "lobby": {
            "game_options_lock_teams": options["m_lockTeams"],
            "teams_together": options["m_teamsTogether"],
            "shared_control": options["m_advancedSharedControl"],
            "random_races": options["m_randomRaces"],
            "battle_net": options["m_battleNet"],
            "amm": options["m_amm"],
            "competitive": options["m_competitive"],
            "practice": options["m_practice"],
            "cooperative": options["m_cooperative"],
            "no_victory_or_defeat": options["m_noVictoryOrDefeat"],
            "fog": options["m_fog"],
            "observers_allowed": options["m_observers"],
            "game_speed": description["m_gameSpeed"],
            "max_observers": description["m_maxObservers"],
            "max_players": description["m_maxPlayers"],
            "extension_mod": description["m_hasExtensionMod"],
            "foreign_extension_mod": description["m_hasNonBlizzardExtensionMod"],
            "blizzard_map": description["m_isBlizzardMap"],
            "single_player": lobby["m_isSinglePlayer"],
            "host_user_id": lobby["m_hostUserId"],
            "random_seed": lobby["m_randomSeed"],
            "users": [
                {
                    "user_id": number,
                    "name": text(user["m_name"]),
                    "clan": text(user["m_clanTag"] or b""),
                    "observe": user["m_observe"],
                    "toon": text(user["m_toonHandle"]),
                    "mmr": user["m_scaledRating"],
                }
                for number, user in enumerate(users)
                if user["m_name"]
            ],
            "slots_in_use": [
                {
                    "control": slot["m_control"],
                    "user": slot["m_userId"],
                    "team": slot["m_teamId"],
                    "observe": slot["m_observe"],
                    "race_pref": slot["m_racePref"]["m_race"],
                    "toon": text(slot["m_toonHandle"]),
                    "slot": slot["m_workingSetSlotId"],
                    "tandem": slot["m_tandemLeaderId"],
                    "diff": slot["m_difficulty"],
                    "handicap": slot["m_handicap"],
                    "commander": text(slot["m_commander"]),
                }
                for slot in lobby["m_slots"]
                if slot["m_control"] in (2, 3)
            ],
        },
        "game_events": len(events),
        "leave_events": [
            {
                "loop": event["_gameloop"],
                "user_id": event["_userid"]["m_userId"],
                "reason": event["m_leaveReason"],
            }
            for event in events
            if event["_event"] == "NNet.Game.SGameUserLeaveEvent"
        ],
        "chat": [
            {
                "loop": message["_gameloop"],
                "user_id": message["_userid"]["m_userId"],
                "recipient": message["m_recipient"],
                "text": text(message["m_string"]),
            }
            for message in messages
            if message["_event"] == "NNet.Game.SChatMessage"
        ],
    }
    loops = [event["_gameloop"] for event in events]
    pause = max((after - before for before, after in zip([0] + loops, loops)), default=0)
    return derived(facts, name_of), pause


def second_reader(path, ours):
    """What sc2reader says, at its level 4, and the differences that only bounds can tell."""
    replay = sc2reader.load_replay(path, load_level=4)

    def stream(name):
        return replay.raw_data.get(name) or replay.raw_data[name + ".backup"]

    details, init_data = stream("replay.details"), stream("replay.initData")
    users = init_data["user_initial_data"]
    description, lobby = init_data["game_description"], init_data["lobby_state"]
    options = description["game_options"]

    def plain(value):
        return text(value) if isinstance(value, bytes) else value or ""

    def name_of(user):
        return plain(users[user]["clan_tag"]), plain(users[user]["name"])

    def handle(file):
        return (file.type.encode() + file.server.upper().encode().rjust(4, b"\0")).hex() + file.hash

    facts = {
        "base_build": replay.base_build,
        "build": replay.build,
        "version": ".".join(replay.release_string.split(".")[:3]),
        "duration_game_loops": replay.frames,
        "utc_time": utc(details["file_time"]),
        "time_utc_filetime": details["file_time"],
        "map_title": replay.map_name,
        "game_speed": details["game_speed"],
        "cache_handles": [handle(file) for file in details["cache_handles"]],
        "players": [
            {
                "name_raw": player["name"],
                "race_raw": player["race"],
                "result": RESULTS[player["result"]],
                "team": player["team"],
                "region": player["bnet"]["region"],
                "realm": player["bnet"]["subregion"],
                "toon_id": player["bnet"]["uid"],
                "control": player["control"],
                "observe": player["observe"],
                "slot": player["working_set_slot"],
            }
            for player in details["players"]
        ],
        "lobby": {
            "game_options_lock_teams": options["lock_teams"],
            "teams_together": options["teams_together"],
            "shared_control": options["advanced_shared_control"],
            "random_races": options["random_races"],
            "battle_net": options["battle_net"],
            "amm": options["amm"],
            "competitive": options["competitive"],
            "practice": options["practice"],
            "cooperative": options["cooperative"],
            "no_victory_or_defeat": options["no_victory_or_defeat"],
            "fog": options["fog"],
            "observers_allowed": options["observers"],
            "game_speed": description["game_speed"],
            "max_observers": description["max_observers"],
            "max_players": description["max_players"],
            "extension_mod": description["has_extension_mod"],
            "foreign_extension_mod": description["has_nonBlizzardExtensionMod"],
            "blizzard_map": description["is_blizzardMap"],
            "single_player": lobby["is_single_player"],
            "host_user_id": lobby["host_user_id"],
            "random_seed": lobby["random_seed"],
            "users": [
                {
                    "user_id": number,
                    "name": plain(user["name"]),
                    "clan": plain(user["clan_tag"]),
                    "observe": user["observe"],
                    "toon": plain(user["toon_handle"]),
                    "mmr": user["scaled_rating"],
                }
                for number, user in enumerate(users)
                if user["name"]
            ],
            "slots_in_use": [
                {
                    "control": slot["control"],
                    "user": slot["user_id"],
                    "team": slot["team_id"],
                    "observe": slot["observe"],
                    "race_pref": slot["race_pref"],
                    "toon": plain(slot["toon_handle"]),
                    "slot": slot["working_set_slot_id"],
                    "tandem": slot["tandem_leader_user_id"],
                    "diff": slot["difficulty"],
                    "handicap": slot["handicap"],
                    "commander": plain(slot["commander"]),
                }
                for slot in lobby["slots"]
                if slot["control"] in (2, 3)
            ],
        },
        "leave_events": [
            {"loop": event.frame, "user_id": event.pid, "reason": event.data["leave_reason"]}
            for event in replay.game_events
            if event.name == "PlayerLeaveEvent"
        ],
        "chat": [
            {
                "loop": message.frame,
                "user_id": message.pid,
                "recipient": message.target,
                "text": plain(message.text),
            }
            for message in replay.messages
        ],
    }
    return derived(facts, name_of), list(judged(replay, ours))


def judged(replay, ours):
    """What sc2reader makes of what it read, which is what bots look at, against ours."""
    if len(replay.game_events) > ours["game_events"]:
        yield f"game_events: {ours['game_events']} here, {len(replay.game_events)} there"
    for number in (1001, 3000, 3009, 3010, 3015, 4000):
        name, words = LOBBY_PROPERTIES[number]
        value = ours["attributes_global"].get(str(number), "")
        if words.get(value) != replay.attributes[16].get(name):
            yield f"attributes_global.{number}: another word for it"
    playing = [one for one in ours["players"] if one["observe"] == 0]
    if len(replay.players) != len(playing):
        yield f"players: {len(playing)} here, {len(replay.players)} that play there"
    for index, (one, other) in enumerate(zip(playing, replay.players)):
        # It knows names of races in some languages; others it leaves as they are.
        race = LOCALIZED_RACES.get(one["race_raw"], one["race_raw"])
        result = {"win": "Win", "loss": "Loss"}.get(one["result"])
        name = one["name"] if other.is_human else one["name_raw"]
        if (name, race, result, one["team"] + 1) != (other.name, other.play_race, other.result, other.team.number):
            yield f"players[{index}]: another name, race, result or team"
    if sorted(ours["observers"]) != sorted(one.name for one in replay.observers):
        yield f"observers: {len(ours['observers'])} here, {len(replay.observers)} there, or other names"
    winner = getattr(replay, "winner", None)
    if ours["winner_team"] != (winner.number - 1 if winner else None):
        yield "winner_team: another team"


def shown(value):
    if isinstance(value, str):
        return f"a text of {len(value.encode())} bytes"
    if isinstance(value, (list, dict)):
        return f"{len(value)} items"
    return json.dumps(value)


def differences(ours, theirs, excused, path="", pattern=""):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for field, value in ours.items():
            inner = f"{pattern}.{field}".lstrip(".")
            if inner in excused:
                continue
            if field not in theirs:
                yield f"{inner}: neither compared nor excused"
            else:
                where = f"{path}.{field}".lstrip(".")
                yield from differences(value, theirs[field], excused, where, inner)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (one, other) in enumerate(zip(ours, theirs)):
            yield from differences(one, other, excused, f"{path}[{index}]", pattern + "[]")
    elif ours != theirs:
        yield f"{path}: {shown(ours)} here, {shown(theirs)} there"


def compare(ours, reader, excused):
    """The differences between our facts and what one reader says; a file that it refuses is one too."""
    try:
        theirs, found = reader()
    except Exception as error:  # Whatever it is, the file was not accepted.
        last = error.__traceback__
        while last.tb_next:
            last = last.tb_next
        place = f"{last.tb_frame.f_code.co_name}, line {last.tb_lineno}"
        return [f"not read: {type(error).__name__} in {place}"]
    return found + list(differences(ours, theirs, excused))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("facts", help="facts.ndjson, which oracle --write makes")
    arguments.add_argument("--json", help="write what was compared there")
    arguments = arguments.parse_args()
    logging.disable(logging.CRITICAL)

    with open(arguments.facts, encoding="utf-8") as lines:
        files = [json.loads(line) for line in lines]
    report = {
        "s2protocol": {"compared": 0, "differing": {}, "not_compared": BLIZZARD_EXCUSED},
        "sc2reader": {"compared": 0, "differing": {}, "not_compared": SC2READER_EXCUSED, "long_pauses": 0},
    }

    def note(tool, path, found):
        report[tool]["compared"] += 1
        if found:
            report[tool]["differing"][path] = found
        for difference in found:
            print(f"{tool}: {path}: {difference}")

    for line in files:
        path, ours, pause = line["file"], line["facts"], 0

        def first_reader():
            nonlocal pause
            theirs, pause = blizzard(path)
            return theirs, []

        note("s2protocol", path, compare(ours, first_reader, BLIZZARD_EXCUSED))
        if pause >= SC2READER_PAUSE:
            report["sc2reader"]["long_pauses"] += 1
            continue
        note("sc2reader", path, compare(ours, lambda: second_reader(path, ours), SC2READER_EXCUSED))

    for tool, counts in report.items():
        print(f"{tool}: compared {counts['compared']} files, {len(counts['differing'])} differ.")
    print(f"{report['sc2reader']['long_pauses']} with a pause of 52 hours, which sc2reader cannot read, were not.")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as out:
            json.dump(report, out, indent=2, ensure_ascii=False)
            out.write("\n")
    return 1 if any(counts["differing"] for counts in report.values()) or not files else 0


if __name__ == "__main__":
    sys.exit(main())
