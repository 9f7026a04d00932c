// Asks once a second how the ladder does, and draws it. What it knows of earlier seconds it asks for anew
// whenever some are missing, so a page that slept is whole again when somebody looks.

import { Chart, make } from "./chart.js";

const SECONDS = 600;
const EVERY = 1000;
const find = (id) => document.getElementById(id);

const whole = (value) => (value === null || value === undefined ? "–" : Math.round(value).toLocaleString("en"));
const some = (value) => (value >= 100 || Number.isInteger(value) ? whole(value) : value.toFixed(1));
const ms = (value) => (value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${value < 10 ? value.toFixed(1) : whole(value)} ms`);
const mib = (value) => `${whole(value)} MiB`;
const size = (bytes) => (bytes === null ? "–" : bytes < 2 ** 20 ? `${whole(bytes / 1024)} KiB` : `${some(bytes / 2 ** 20)} MiB`);

function duration(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const s = Math.floor(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

const number = (name) => (sample) => sample[name] ?? null;
const inMs = (name) => (sample) => (sample[name] ?? null) === null ? null : sample[name] * 1000;
const part = (name, at) => (sample) => sample[name]?.[at] ?? null;
const percentiles = (name) => ["p50", "p95", "p99"].map((label, at) => ({ label, of: part(name, at) }));

const charts = [
  new Chart("From press to answer", percentiles("answer"), ms),
  new Chart("From press to acknowledgement", percentiles("ack"), ms),
  new Chart("Calls to Discord", percentiles("discord"), ms),
  new Chart("Reading a replay", percentiles("replay_job"), ms),
  new Chart("Decisions to disk", percentiles("durable"), ms),
  new Chart("Appends in the journal", percentiles("append"), ms),
  new Chart("Batches to the database", percentiles("database"), ms),
  new Chart("Lags", [
    { label: "journal", of: inMs("journal_lag_s") },
    { label: "database", of: inMs("database_lag_s") },
  ], ms),
  new Chart("Per second", [
    { label: "presses", of: number("interactions_per_s") },
    { label: "Discord", of: number("calls_per_s") },
    { label: "decisions", of: number("records_per_s") },
  ], some),
  new Chart("Players", [
    { label: "active", of: number("users_active") },
    { label: "queue", of: number("queue") },
    { label: "matches", of: number("matches") },
  ], some),
  new Chart("Lines", [
    { label: "replays", of: number("uploads") },
    { label: "writer", of: number("writer_queue") },
    { label: "workers busy", of: number("workers_busy") },
  ], some),
  new Chart("Memory of all processes", [{ label: "", of: number("memory_mib") }], mib),
];

const STAGES = [
  ["answer", "press to answer"],
  ["ack", "press to acknowledgement"],
  ["backend", "question to the backend"],
  ["durable", "decision to disk"],
  ["append", "append in the journal"],
  ["database", "batch in the database"],
  ["discord", "call to Discord"],
  ["replay_job", "replay in a worker"],
];

let samples = [];
let processors = new Map();

function gauges(status) {
  const told = new Map();
  for (const child of status.children) {
    for (const [name, value] of Object.entries(child.gauges)) {
      // What several processes of a role tell is added up.
      const key = `${child.role} ${name}`;
      told.set(key, value === null ? (told.get(key) ?? null) : (told.get(key) ?? 0) + value);
    }
  }
  return (role, name) => told.get(`${role} ${name}`) ?? null;
}

function card(title, rows, className = "") {
  const box = make("div", `card ${className}`);
  const list = make("dl");
  for (const [label, value, mark = ""] of rows) list.append(make("dt", "", label), make("dd", mark, value));
  box.append(make("h2", "", title), list);
  return box;
}

/** Above the limit it is bad. */
const above = (value, limit) => (value !== null && value > limit ? "bad" : "");

function cards(status, sample) {
  const of = gauges(status);
  const front = (name) => of("frontend", name);
  const back = (name) => of("backend", name);
  const writer = (name) => of("db-writer", name);
  const workers = back("workers");
  const busy = workers === null ? null : workers - back("workers_idle");
  const connected = writer("database_connected");
  const open = front("breaker_open");
  const { memory_bytes: used, limit_bytes: limit } = status.container;
  const container = used === null ? "–" : limit === null ? mib(used / 2 ** 20) : `${whole(used / 2 ** 20)} of ${mib(limit / 2 ** 20)}`;
  const players = [
    ["active in 15 min", whole(front("users_active"))],
    ["in the queue", whole(back("queue_entries"))],
    ["waves so far", whole(back("waves"))],
    ["matches open", whole(back("matches_open"))],
    ["matches decided", whole(back("matches_decided"))],
  ];
  const causes = status.load_causes.length ? ` (${status.load_causes.join(", ")})` : "";
  players.push(["load", status.load_level + causes, status.load_level === "normal" ? "" : "bad"]);
  const replays = [
    ["in line", whole(back("replays_in_line")), above(back("replays_in_line"), 50)],
    ["workers busy", workers === null ? "–" : `${whole(busy)} of ${whole(workers)}`],
    ["read", whole(back("replays_parsed"))],
    ["not readable", whole(back("replays_failed"))],
    ["took too long", whole(back("replay_jobs_timed_out"))],
  ];
  const storage = [
    ["decisions on their way", whole(back("records_unsaved")), above(back("records_unsaved"), 200)],
    ["journal lag", back("journal_lag_s") === null ? "–" : ms(back("journal_lag_s") * 1000), above(back("journal_lag_s"), 5)],
    ["database lag", writer("database_lag_s") === null ? "–" : `${whole(writer("database_lag_records"))} in ${whole(writer("database_lag_s"))} s`, above(writer("database_lag_s"), 60)],
    ["database", connected === null ? "–" : connected ? "there" : "away", connected === 0 ? "bad" : ""],
  ];
  // What is in the processes' memory, and names of stores as the metrics have them.
  const stores = ["players", "queue", "matches", "ratings", "history", "replays", "cards", "answers"].map((name) => [name, back]);
  const memory = [...stores, ["pictures", front]].map(([name, of]) => [name, size(of(`store_${name}_bytes`))]);
  memory.push(["container", container]);
  const calls = sample ? sample.calls_per_s : null;
  const discord = [
    ["calls a second", calls === null ? "–" : `${some(calls)} of 50`, above(calls, 45)],
    ["calls in line", whole(front("discord_calls_waiting"))],
    ["presses that expired", whole(front("interactions_expired")), above(front("interactions_expired"), 0)],
    ["answers of 429", whole(front("discord_calls_limited"))],
    ["failures in 10 min", `${whole(front("discord_failures"))} of 2,000`],
    ["breaker", open === null ? "–" : open ? "open" : "closed", open ? "bad" : ""],
  ];
  find("cards").replaceChildren(card("Players", players), card("Replays", replays), card("Storage", storage), card("Discord", discord), card("In memory, about", memory, "row"));
}

function row(cells, className = "") {
  const line = make("tr", className);
  line.append(...cells);
  return line;
}

const HEADS = [["process", ""], ["state", "word"], ["id", "wide"], ["number", "wide"], ["restarts", ""], ["ready for", "wide"], ["memory", ""], ["processor", "wide"], ["", "note wide"]];

function note(child) {
  const missing = (child.sandbox ?? []).filter((layer) => !layer.on).map((layer) => `without ${layer.name}`);
  const waits = child.stands_by_until && child.state !== "ready" ? [`until ${child.stands_by_until}`] : [];
  return [child.doing, ...waits, ...missing].filter(Boolean).join(", ");
}

function processes(status) {
  const seen = new Map();
  const now = performance.now();
  const share = (key, cpu) => {
    if (cpu === null) return "–";
    const before = processors.get(key);
    seen.set(key, { cpu, now, shown: before?.shown });
    if (!before || before.cpu > cpu) return "–";
    if (now - before.now < 500) return before.shown ?? "–";
    const shown = `${((100 * (cpu - before.cpu)) / (now - before.now)).toFixed(1)} %`;
    seen.get(key).shown = shown;
    return shown;
  };
  const line = (name, of, state, className) => [
    make("td", className, name),
    make("td", `word ${state === "ready" || state === "up" ? "good" : "warn"}`, state),
    make("td", "wide", of.pid ?? "–"),
    make("td", "wide", of.incarnation ?? "–"),
    make("td", of.restarts ? "warn" : "", whole(of.restarts ?? null)),
    make("td", "wide", duration(of.ready_s ?? of.uptime_s)),
    make("td", "", of.pss_kib === null ? "–" : `${(of.pss_kib / 1024).toFixed(1)} MiB`),
    make("td", "wide", share(`${name} ${of.pid}`, of.cpu_ms)),
    make("td", "note wide", of.role ? note(of) : ""),
  ];
  const head = make("thead");
  head.append(row(HEADS.map(([label, className]) => make("th", className, label))));
  const body = make("tbody");
  body.append(row(line("supervisor", status, status.state, "")));
  for (const child of status.children) {
    const name = child.of > 1 ? `${child.role} ${child.index + 1}` : child.role;
    body.append(row(line(name, child, child.state, "child")));
    if (child.last_words.length) {
      const words = make("td");
      words.colSpan = HEADS.length;
      const more = make("details");
      more.dataset.of = name;
      more.open = document.querySelector(`details[data-of="${name}"]`)?.open ?? false;
      more.append(make("summary", "soft", "last words of the one before"), ...child.last_words.map((text) => make("code", "", text)));
      words.append(more);
      body.append(row([words], "words"));
    }
  }
  processors = seen;
  find("processes").replaceChildren(head, body);
}

function latencies(sample) {
  const head = make("thead");
  head.append(row(["", "p50", "p95", "p99"].map((label) => make("th", "", label))));
  const body = make("tbody");
  for (const [name, label] of STAGES) {
    const values = [0, 1, 2].map((at) => sample?.[name]?.[at] ?? null);
    const cells = values.map((value) => make("td", "", value === null ? "–" : ms(value)));
    body.append(row([make("td", "", label), ...cells]));
  }
  find("latencies").replaceChildren(head, body);
}

function alerts(list) {
  const box = ({ name, text }) => {
    const line = make("div", "alert");
    line.dataset.name = name;
    line.append(make("b", "", name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()), text);
    return line;
  };
  find("alerts").replaceChildren(...list.map(box));
}

function badge(text, className) {
  find("state").textContent = text;
  find("state").className = `badge ${className}`;
  document.title = className === "good" ? "EvoLadder" : `(${text}) EvoLadder`;
}

function draw({ not_ready: why, alerts: list, status, sample }) {
  alerts(list);
  badge(why === null ? "ready" : "not ready", why === null ? "good" : "bad");
  if (!status) return;
  find("since").textContent = `for ${duration(status.uptime_s)}${status.emulator ? ", in the emulator" : ""}`;
  cards(status, sample);
  processes(status);
  latencies(sample);
  // A young dashboard draws what there is over the whole width.
  const seconds = samples.length ? samples.at(-1).t - samples[0].t : 0;
  charts.forEach((chart) => chart.draw(samples, Math.max(60, seconds)));
}

async function ask(path) {
  const answer = await fetch(path, { signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function look() {
  const state = await ask("/state");
  const { sample } = state;
  const last = samples.at(-1);
  if (sample && (!last || sample.t < last.t || sample.t > last.t + 2.5)) {
    samples = await ask("/history");
  } else if (sample && sample.t > last.t) {
    samples.push(sample);
    if (samples.length > SECONDS) samples.shift();
  }
  draw(state);
}

async function watch() {
  for (;;) {
    try {
      await look();
    } catch {
      badge("no answer", "bad");
      alerts([{ name: "Dashboard", text: "the dashboard does not answer; it is asked again" }]);
    }
    await new Promise((resume) => setTimeout(resume, EVERY));
  }
}

find("charts").replaceChildren(...charts.map((chart) => chart.element));
watch();
