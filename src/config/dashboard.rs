//! Where the dashboard is shown, and to whom.

use super::{LogLevel, Reader, RunDir, Secret};
use std::net::SocketAddr;

/// Where the dashboard listens, or that there is none.
pub const DASHBOARD_LISTEN: &str = "DASHBOARD_LISTEN";
/// What who looks at the dashboard has to know.
pub const DASHBOARD_TOKEN: &str = "DASHBOARD_TOKEN";

/// A shorter one could be guessed.
const TOKEN_LENGTH: usize = 16;

const LISTEN_IS: &str = "an address and a port, such as 127.0.0.1:9640, or off";

/// What was asked of the dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DashboardWish {
    Off,
    At(SocketAddr),
}

impl DashboardWish {
    /// Where it listens unless asked otherwise; a demo takes a free port, since there may be many.
    pub fn default_of(is_demo: bool) -> DashboardWish {
        DashboardWish::At(SocketAddr::from(([127, 0, 0, 1], if is_demo { 0 } else { 9640 })))
    }
}

#[derive(Debug)]
pub struct Dashboard {
    pub run_dir: RunDir,
    pub log: LogLevel,
    /// `DASHBOARD_LISTEN`.
    pub listen: SocketAddr,
    /// `DASHBOARD_TOKEN`; only where nobody but this machine reaches the address there may be none.
    pub token: Option<Secret>,
}

impl Dashboard {
    pub(super) fn read(from: &mut Reader<'_>) -> Dashboard {
        let (run_dir, log) = (from.run_dir(), from.log_or_info());
        let (wish, token) = from.dashboard();
        let listen = match wish {
            Some(DashboardWish::At(listen)) => listen,
            Some(DashboardWish::Off) | None => {
                from.faults.push(format!("{DASHBOARD_LISTEN} is not set; it should be {LISTEN_IS}"));
                super::any_port()
            }
        };
        Dashboard { run_dir, log, listen, token }
    }
}

impl Reader<'_> {
    /// The place and the token, which has to be there where others reach the place.
    pub(super) fn dashboard(&mut self) -> (Option<DashboardWish>, Option<Secret>) {
        let wish = self.parsed(DASHBOARD_LISTEN, LISTEN_IS, |text| match text {
            "off" => Some(DashboardWish::Off),
            address => address.parse().ok().map(DashboardWish::At),
        });
        let is = format!("at least {TOKEN_LENGTH} letters, digits or signs, without spaces");
        let token = self.parsed(DASHBOARD_TOKEN, &is, |text| {
            let text = text.trim();
            let plain = text.len() >= TOKEN_LENGTH && text.bytes().all(|byte| byte.is_ascii_graphic());
            plain.then(|| Secret::new(text))
        });
        if let Some(DashboardWish::At(address)) = wish
            && !address.ip().to_canonical().is_loopback()
            && self.raw(DASHBOARD_TOKEN).is_none()
        {
            self.faults.push(format!(
                "{DASHBOARD_LISTEN} is {address}, which others can reach, so {DASHBOARD_TOKEN} has to be set: {is}"
            ));
        }
        (wish, token)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Faults;
    use super::*;
    use std::ffi::OsString;

    fn read(listen: &str, token: &str) -> Result<(Option<DashboardWish>, Option<Secret>), Faults> {
        let (listen, token) = (OsString::from(listen), OsString::from(token));
        let lookup =
            move |name: &str| Some(if name == DASHBOARD_LISTEN { listen.clone() } else { token.clone() });
        Reader::read(&lookup, Reader::dashboard)
    }

    /// `DASHBOARD_LISTEN`, `DASHBOARD_TOKEN`, and what comes of them.
    type Row = (&'static str, &'static str, Result<Option<DashboardWish>, &'static str>);

    #[test]
    fn whoever_others_can_reach_asks_for_a_token() {
        let long = "0123456789abcdef";
        #[rustfmt::skip]
        let table: &[Row] = &[
            ("",                 "",    Ok(None)),
            ("off",              "",    Ok(Some(DashboardWish::Off))),
            ("127.0.0.1:9640",   "",    Ok(Some(DashboardWish::At("127.0.0.1:9640".parse().unwrap())))),
            ("[::1]:9640",       "",    Ok(Some(DashboardWish::At("[::1]:9640".parse().unwrap())))),
            ("127.0.0.1:9640",   long,  Ok(Some(DashboardWish::At("127.0.0.1:9640".parse().unwrap())))),
            ("0.0.0.0:9640",     long,  Ok(Some(DashboardWish::At("0.0.0.0:9640".parse().unwrap())))),
            ("0.0.0.0:9640",     "",    Err("which others can reach, so DASHBOARD_TOKEN has to be set")),
            ("[::]:9640",        "",    Err("which others can reach, so DASHBOARD_TOKEN has to be set")),
            ("10.0.0.7:9640",    "",    Err("which others can reach, so DASHBOARD_TOKEN has to be set")),
            ("0.0.0.0:9640",     "abc", Err("DASHBOARD_TOKEN should be at least 16 letters")),
            ("here",             "",    Err("DASHBOARD_LISTEN should be an address and a port")),
        ];
        for (listen, token, expected) in table {
            match (read(listen, token), expected) {
                (Ok((wish, known)), Ok(expected)) => {
                    assert_eq!(wish, *expected, "{listen} {token}");
                    assert_eq!(known.is_some(), !token.is_empty(), "{listen} {token}");
                }
                (Err(faults), Err(expected)) => {
                    assert!(
                        faults.0.len() == 1 && faults.0[0].contains(expected),
                        "{listen} {token}: {faults}"
                    );
                }
                (found, expected) => panic!("{listen} {token}: {found:?} for {expected:?}"),
            }
        }
    }
}
