//! The numbers of the format that reader and forge must agree on.

/// First bytes of the file: the user data that precedes the archive.
pub(crate) const USER_DATA_MAGIC: [u8; 4] = *b"MPQ\x1b";

/// First bytes of the archive.
pub(crate) const ARCHIVE_MAGIC: [u8; 4] = *b"MPQ\x1a";

/// How the signature of every replay header begins.
pub(crate) const SIGNATURE: &[u8] = b"StarCraft II replay";

/// Flags of a block table entry.
pub(crate) mod flag {
    pub(crate) const IMPLODED: u32 = 0x0000_0100;
    pub(crate) const COMPRESSED: u32 = 0x0000_0200;
    pub(crate) const ENCRYPTED: u32 = 0x0001_0000;
    pub(crate) const PATCH: u32 = 0x0010_0000;
    pub(crate) const SINGLE_UNIT: u32 = 0x0100_0000;
    pub(crate) const DELETED: u32 = 0x0200_0000;
    pub(crate) const EXISTS: u32 = 0x8000_0000;
}

/// First byte of a unit that bzip2 alone has packed.
pub(crate) const PACKED_BY_BZIP2: u8 = 0x10;

/// Block index of a hash table entry that was never used: a search ends here.
pub(crate) const HASH_EMPTY: u32 = 0xffff_ffff;

/// Block index of a hash table entry whose file was deleted.
pub(crate) const HASH_DELETED: u32 = 0xffff_fffe;

/// Keys of the two tables: the names "(hash table)" and "(block table)", hashed as keys.
pub(crate) const HASH_TABLE_KEY: u32 = 0xc3af_3770;
pub(crate) const BLOCK_TABLE_KEY: u32 = 0xec83_b3a3;

/// Rows of [`CRYPT`], in the order of what is made with them.
pub(crate) mod row {
    pub(crate) const SLOT: usize = 0x000;
    pub(crate) const NAME_A: usize = 0x100;
    pub(crate) const NAME_B: usize = 0x200;
    pub(crate) const KEY: usize = 0x400;
}

/// The pseudo-random words from which MPQ makes hashes and its cipher.
pub(crate) const CRYPT: [u32; 0x500] = {
    const fn next(seed: u32) -> u32 {
        (seed * 125 + 3) % 0x2a_aaab
    }
    let mut words = [0; 0x500];
    let mut seed = 0x0010_0001;
    let mut column = 0;
    while column < 0x100 {
        let mut row = 0;
        while row < 5 {
            seed = next(seed);
            let high = (seed & 0xffff) << 16;
            seed = next(seed);
            words[row * 0x100 + column] = high | (seed & 0xffff);
            row += 1;
        }
        column += 1;
    }
    words
};

/// The names of the streams that the ladder needs.
pub(crate) mod stream {
    pub(crate) const DETAILS: &str = "replay.details";
    pub(crate) const DETAILS_BACKUP: &str = "replay.details.backup";
    pub(crate) const INIT_DATA: &str = "replay.initData";
    pub(crate) const INIT_DATA_BACKUP: &str = "replay.initData.backup";
    pub(crate) const ATTRIBUTES: &str = "replay.attributes.events";
    pub(crate) const METADATA: &str = "replay.gamemetadata.json";
    pub(crate) const GAME_EVENTS: &str = "replay.game.events";
    pub(crate) const MESSAGE_EVENTS: &str = "replay.message.events";
    pub(crate) const TRACKER_EVENTS: &str = "replay.tracker.events";
}

/// First byte of each value in a stream that describes itself.
pub(crate) mod kind {
    pub(crate) const ARRAY: u8 = 0;
    pub(crate) const BIT_ARRAY: u8 = 1;
    pub(crate) const BLOB: u8 = 2;
    pub(crate) const CHOICE: u8 = 3;
    pub(crate) const OPTIONAL: u8 = 4;
    pub(crate) const STRUCT: u8 = 5;
    pub(crate) const BYTE: u8 = 6;
    pub(crate) const FOUR_BYTES: u8 = 7;
    pub(crate) const EIGHT_BYTES: u8 = 8;
    pub(crate) const INTEGER: u8 = 9;
}

/// Ids of the game events that someone here knows by name.
pub(crate) mod event {
    pub(crate) const LEAVE: u8 = 101;
}

/// The scope of the attributes that belong to the game, not to a player.
pub(crate) const GLOBAL_SCOPE: u8 = 16;

/// The attributes of that scope that rules look at.
pub(crate) mod attribute {
    pub(crate) const PREMADE: u32 = 1001;
    pub(crate) const TEAM_LAYOUT: u32 = 2001;
    pub(crate) const SPEED: u32 = 3000;
    pub(crate) const MODE: u32 = 3009;
    pub(crate) const LOCKED_ALLIANCES: u32 = 3010;
    pub(crate) const DURATION: u32 = 3015;
    pub(crate) const PRIVACY: u32 = 4000;
    pub(crate) const KEPT: [u32; 7] =
        [PREMADE, TEAM_LAYOUT, SPEED, MODE, LOCKED_ALLIANCES, DURATION, PRIVACY];
}

/// Seconds from 1601, where file times begin, to 1970.
pub(crate) const SECONDS_1601_TO_1970: i64 = 11_644_473_600;

/// File times count tenths of a microsecond.
pub(crate) const FILETIME_PER_SECOND: i64 = 10_000_000;

/// Values of `control` in details and in a lobby slot.
pub(crate) const CONTROL_HUMAN: u8 = 2;
pub(crate) const CONTROL_COMPUTER: u8 = 3;
