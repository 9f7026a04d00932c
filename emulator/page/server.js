// The emulator's API for users, as emulator/src/users.rs describes it.

/// What the emulator would not do, in its words.
export class Refusal extends Error {}

async function call(method, path, body) {
  const isForm = body instanceof FormData;
  const headers = body !== undefined && !isForm ? { "content-type": "application/json" } : {};
  const text = body === undefined || isForm ? body : JSON.stringify(body);
  let response;
  try {
    response = await fetch(path, { method, headers, body: text });
  } catch {
    throw new Refusal("The emulator does not answer.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(answer.error ?? `The emulator answers ${response.status}.`);
  return answer;
}

/// JSON alone, or as a form with the files under the names of their parts.
function withFiles(json, files) {
  const entries = Object.entries(files);
  if (entries.length === 0) return json;
  const form = new FormData();
  form.append("payload_json", JSON.stringify(json));
  for (const [part, file] of entries) form.append(part, file, file.name);
  return form;
}

const of = (user, what) => `/emulator/users/${encodeURIComponent(user)}/${what}`;

export const server = {
  guide: () => call("GET", "/page/guide"),
  guild: () => call("GET", "/emulator/guild"),
  users: () => call("GET", "/emulator/users"),
  /// Without a locale, a user that exists keeps the own one.
  enter: (name, locale) => call("POST", "/emulator/users", locale ? { name, locale } : { name }),
  places: (user) => call("GET", of(user, "places")),
  commands: (user, place) => call("GET", `${of(user, "commands")}?channel_id=${place}`),
  messages: (user, place) => call("GET", `${of(user, "messages")}?channel_id=${place}`),
  press: (user, place, message, component, values) =>
    call("POST", of(user, "components"), { channel_id: place, message_id: message, custom_id: component, values }),
  command: (user, place, name, options, files) =>
    call("POST", of(user, "commands"), withFiles({ channel_id: place, name, options }, files)),
  autocomplete: (user, place, name, options, focused) =>
    call("POST", of(user, "autocomplete"), { channel_id: place, name, options, focused }),
  submit: (user, modal, fields, files) =>
    call("POST", of(user, "modals"), withFiles({ modal_id: modal, fields }, files)),
  write(user, place, content, files) {
    const form = new FormData();
    form.append("channel_id", place);
    form.append("content", content);
    files.forEach((file, number) => form.append(`files[${number}]`, file, file.name));
    return call("POST", of(user, "messages"), form);
  },
  offers: (user) => call("GET", `/page/offers/${encodeURIComponent(user)}`),
  async offer(user, { number, file_name: name }) {
    const response = await fetch(`/page/offers/${encodeURIComponent(user)}/${number}`);
    if (!response.ok) throw new Refusal(await response.text());
    return new File([await response.blob()], name);
  },
};

const AGAIN_MS = 1000;

/// Follows what happens in all users' clients for ever. `opened` is called each time the stream
/// begins: what happened before it is to be asked for.
export async function follow({ opened, line, lost }) {
  let last;
  for (;;) {
    try {
      const after = last === undefined ? "" : `?after=${last}`;
      const response = await fetch(`/emulator/events${after}`, { cache: "no-store" });
      if (!response.ok) throw new Error(response.statusText);
      opened();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const lines = (rest + part.value).split("\n");
        rest = lines.pop();
        for (const text of lines) {
          const event = JSON.parse(text);
          last = event.seq;
          line(event);
        }
      }
    } catch (error) {
      console.warn("the events broke off", error);
    }
    lost();
    await new Promise((done) => setTimeout(done, AGAIN_MS));
  }
}
