//! `evoladder-emulator`: a Discord on loopback. Started by `evoladder run --emulator`.

use anyhow::Context;
use emulator::{ANSWER_WITHIN, Emulator, Guide, Latency, Offer, Offers, Stats, Step};
use evoladder::config;
use evoladder::ipc::child::{Child, Control, gauge, run_role};
use evoladder::players::offers::Forgery;
use evoladder::season::Which;
use ipc_schema::control::{Gauge, Role};
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

fn main() -> ExitCode {
    run_role(config::Emulator::from_env(), |config| config.log, run)
}

fn run(config: &config::Emulator) -> anyhow::Result<()> {
    let child = Child::attach(Role::Emulator)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("start the runtime")?.block_on(async {
        let mut control = child.start_control()?;
        let emulator = Emulator::bind(emulator::Config {
            listen: config.listen,
            seed: config.seed,
            token: config.token.expose().to_owned(),
            answer_within: ANSWER_WITHIN,
            state: Some(config.data.join("emulator")),
        });
        let mut emulator = emulator.await.map_err(for_whom)?.with_guide(guide(config)?);
        prepare(&mut emulator, config)?;
        let stats = emulator.stats();
        control.ready(Some(emulator.local_addr().to_string()));
        tokio::spawn(report(stats.clone(), control.clone()));
        let drained = control.clone();
        emulator.run(async move { control.drain_asked().await }).await?;
        drained.gauges(gauges(&stats));
        drained.finish().await;
        Ok(())
    })
}

/// What someone does who has never seen the ladder.
const STEPS: &[Step] = &[
    Step {
        command: "setup",
        taken_by: "",
        text: "Become a player: accept the terms, give a name, say where you live.",
    },
    Step {
        command: "queue",
        taken_by: "queue:join",
        text: "Pick what you play and press Join. A match is one Brood War race against one StarCraft II race, so open a second player side by side, or wait for a simulated one.",
    },
    Step {
        command: "",
        taken_by: "match:confirm:",
        text: "Both press Confirm. The match sheet then says who plays whom, on which map and server.",
    },
    Step {
        command: "",
        taken_by: "file",
        text: "Send the replay: “+” beside the message box forges one with the winner you like.",
    },
    Step { command: "profile", taken_by: "", text: "See what the match did to your rating." },
    Step { command: "leaderboard", taken_by: "", text: "See how you compare." },
];

fn guide(config: &config::Emulator) -> anyhow::Result<Guide> {
    let season = Which::from_name(&config.season).context("know the season")?;
    let forgery = Forgery::new(season, config.seed, config.players as usize)?;
    let offers: Offers = Arc::new(move |messages: &[Value]| {
        let offers = forgery.offers(messages).into_iter();
        let offer = |offer: evoladder::players::offers::Offer| Offer {
            label: offer.label.clone(),
            file_name: offer.file_name.clone(),
            make: Box::new(|| offer.make()),
        };
        offers.map(offer).collect()
    });
    Ok(Guide { title: "EvoLadder", steps: STEPS, offers: Some(offers) })
}

/// Where the document lies for those who run from a checkout.
const SPEC_BESIDE: &str = "../shared/discord-openapi.json";

/// What requests and answers are held against, and what goes wrong from the start.
fn prepare(emulator: &mut Emulator, config: &config::Emulator) -> anyhow::Result<()> {
    let beside = || Some(PathBuf::from(SPEC_BESIDE)).filter(|path| path.is_file());
    match config.discord_spec.clone().or_else(beside) {
        Some(document) => {
            emulator.hold_against(&document).map_err(|error| {
                let name = config::DISCORD_SPEC;
                let fault = format!("{name}: {}: {:#}", document.display(), anyhow::Error::new(error));
                config::Faults(vec![fault])
            })?;
            tracing::info!(document = %document.display(), "requests and answers are held against Discord's description");
        }
        None => tracing::info!(
            "requests and answers are held against our own rules alone: Discord's description is not at hand"
        ),
    }
    if let Some(faults) = &config.faults {
        let told = emulator.ask_for_faults(faults);
        told.map_err(|why| config::Faults(vec![format!("--faults or {}: {why}", config::EMULATOR_FAULTS)]))?;
    }
    Ok(())
}

/// What the operator must mend is a fault of the configuration.
fn for_whom(error: emulator::Error) -> anyhow::Error {
    match error {
        emulator::Error::Unusable { .. } => config::Faults(vec![error.to_string()]).into(),
        emulator::Error::Listen { address, source } => {
            let fault = format!(
                "EMULATOR_LISTEN is {address}, which cannot be had: {source}. Name another, or port 0 for a free one"
            );
            config::Faults(vec![fault]).into()
        }
        other => other.into(),
    }
}

async fn report(stats: Stats, control: Control) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    loop {
        tick.tick().await;
        control.gauges(gauges(&stats));
    }
}

fn gauges(stats: &Stats) -> Vec<Gauge> {
    let report = stats.read();
    let mut gauges = vec![
        gauge("interactions", report.interactions as f64),
        gauge("deadline_misses", report.deadline_misses as f64),
        gauge("machine_stalled", report.machine_stalled as f64),
        gauge("interactions_expired", report.interactions_expired as f64),
        gauge("http_requests", report.http_requests.values().sum::<u64>() as f64),
        gauge("gateway_identifies", report.gateway_identifies as f64),
        gauge("gateway_resumes", report.gateway_resumes as f64),
        gauge("spec_violations", report.spec_violations as f64),
        gauge("unlike_discord", report.unlike_discord as f64),
    ];
    gauges.extend(latency("ack_ms", report.ack_ms));
    gauges.extend(latency("answer_ms", report.answer_ms));
    gauges
}

fn latency(name: &str, of: Latency) -> [Gauge; 4] {
    [("p50", of.p50), ("p95", of.p95), ("p99", of.p99), ("max", of.max)]
        .map(|(part, ms)| gauge(&format!("{name}_{part}"), ms))
}
