// Shows /openapi.json: operations by tag, their parameters and schemas, and a form to send each.
"use strict";

const KEY = "api-key";
const MAX_DEPTH = 6;
let api;
let keyHeader = "";

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// `code` in comments; everything else is text, never HTML.
function prose(text) {
  return (text || "").split(/(`[^`]*`)/).map((part) => {
    const quoted = part.length > 2 && part.startsWith("`") && part.endsWith("`");
    return quoted ? make("code", {}, part.slice(1, -1)) : part;
  });
}

function resolve(schema) {
  if (!schema || !schema.$ref) return schema || {};
  const target = schema.$ref.slice(2).split("/").reduce((node, step) => node[step], api);
  return { ...target, ...schema, $ref: undefined, name: schema.$ref.split("/").pop() };
}

function typeName(schema) {
  const whole = resolve(schema);
  if (whole.type === "array") return `list of ${typeName(whole.items)}`;
  if (whole.name) return whole.name;
  if (whole.type === "object" && typeof whole.additionalProperties === "object") return `map to ${typeName(whole.additionalProperties)}`;
  const kind = Array.isArray(whole.type) ? whole.type.join(" or ") : whole.type || "anything";
  return whole.format ? `${kind} (${whole.format})` : kind;
}

function inner(schema) {
  const whole = resolve(schema);
  if (whole.type === "array") return inner(whole.items);
  if (typeof whole.additionalProperties === "object") return inner(whole.additionalProperties);
  return whole;
}

function row(name, schema, required, description) {
  const whole = resolve(schema);
  const deep = inner(schema);
  const chips = [
    required ? make("span", { class: "chip required" }, "required") : null,
    whole.readOnly ? make("span", { class: "chip" }, "read only") : null,
    whole.writeOnly ? make("span", { class: "chip" }, "write only") : null,
  ];
  const node = make("div", { class: "row" },
    make("div", { class: "head" }, make("span", { class: "name" }, name), make("span", { class: "type" }, typeName(schema)), ...chips),
    make("div", { class: "text" }, ...prose(description || schema.description || whole.description)));
  if (deep.enum && (description || schema.description)) node.append(later("values", () => values(deep)));
  else if (deep.properties && Object.keys(deep.properties).length) node.append(later("fields", () => rows(deep)));
  return node;
}

function values(schema) {
  return make("div", { class: "rows text" }, make("div", { class: "row" }, make("div", { class: "text" }, ...prose(schema.description))));
}

function rows(schema) {
  const required = new Set(schema.required || []);
  return make("div", { class: "rows" },
    ...Object.entries(schema.properties).map(([name, value]) => row(name, value, required.has(name))));
}

function later(title, build) {
  const node = make("details", { class: "more" }, make("summary", {}, title));
  node.addEventListener("toggle", () => node.childElementCount === 1 && node.append(build()));
  return node;
}

// A body to start from: required fields first, else everything that a client may set.
function example(schema, depth = 0) {
  const whole = resolve(schema);
  if (whole.examples && whole.examples.length) return whole.examples[0];
  if (whole.enum) return whole.enum[1] || whole.enum[0];
  if (whole.type === "array") return depth < MAX_DEPTH ? [example(whole.items, depth + 1)] : [];
  if (whole.properties) {
    const required = new Set(whole.required || []);
    const chosen = Object.entries(whole.properties).filter(([name, value]) => {
      return !resolve(value).readOnly && (required.size === 0 ? depth < 1 : required.has(name));
    });
    return Object.fromEntries(chosen.map(([name, value]) => [name, example(value, depth + 1)]));
  }
  if (whole.type === "object") return {};
  if (whole.type === "boolean") return false;
  if (whole.type === "integer" || whole.type === "number") return 0;
  if (whole.format === "date-time") return new Date().toISOString();
  if (whole.format === "int64" || whole.format === "uint64") return "0";
  return whole.type === "string" ? "" : null;
}

function contentOf(holder) {
  const entries = Object.entries((holder && holder.content) || {});
  return entries.length ? { type: entries[0][0], schema: entries[0][1].schema } : null;
}

function responses(operation) {
  return Object.entries(operation.responses).filter(([code]) => code !== "default").map(([code, response]) => {
    const content = contentOf(response);
    const deep = content ? inner(content.schema) : {};
    const node = make("div", { class: "row" },
      make("div", { class: "head" }, make("span", { class: "name" }, code),
        make("span", { class: "type" }, content ? `${typeName(content.schema)} · ${Object.keys(response.content).join(", ")}` : "no body")),
      make("div", { class: "text" }, ...prose(response.description)));
    if (deep.properties && Object.keys(deep.properties).length) node.append(later("fields", () => rows(deep)));
    return node;
  });
}

function inside(path, method, operation) {
  const parameters = operation.parameters || [];
  const body = contentOf(operation.requestBody);
  const role = operation["x-required-role"];
  const node = make("div", { class: "inside" },
    make("p", {}, ...prose(operation.description)),
    role ? make("span", { class: "chip" }, `needs the role ${role.replace(/^ROLE_/, "").toLowerCase()}`) : null);
  if (parameters.length) {
    node.append(make("h3", {}, "Parameters"), make("div", { class: "rows" },
      ...parameters.map((item) => row(`${item.name} · ${item.in}`, item.schema, item.required, item.description))));
  }
  if (body) {
    const schema = inner(body.schema);
    node.append(make("h3", {}, `Body · ${typeName(body.schema)}`),
      schema.properties ? rows(schema) : make("div", { class: "rows" }, row("body", body.schema, true, operation.requestBody.description)));
  }
  node.append(make("h3", {}, "Answers"), make("div", { class: "rows" }, ...responses(operation)));
  node.append(form(path, method, parameters, body));
  return node;
}

function field(parameter) {
  const choices = inner(parameter.schema).enum;
  const list = resolve(parameter.schema).type === "array";
  const id = `f${Math.random().toString(36).slice(2)}`;
  const input = choices && !list
    ? make("select", { id }, make("option", { value: "" }, ""), ...choices.map((value) => make("option", {}, value)))
    : make("input", { id, placeholder: list ? "several: separate by commas" : typeName(parameter.schema), spellcheck: "false" });
  const label = make("label", { for: id }, parameter.name + (parameter.required ? " *" : ""));
  return { parameter, list, input, node: make("div", { class: "field" }, label, input) };
}

function form(path, method, parameters, body) {
  const fields = parameters.map(field);
  const json = body && body.type.includes("json");
  const text = body ? make("textarea", { spellcheck: "false", "aria-label": "Body" }) : null;
  if (json) text.value = JSON.stringify(example(body.schema), null, 2);
  const send = make("button", { class: "send", type: "button" }, "Send");
  const stop = make("button", { type: "button", hidden: true }, "Stop");
  const curl = make("button", { type: "button" }, "Copy as curl");
  const status = make("span", { class: "status", role: "status" });
  const output = make("pre", { hidden: true, tabindex: "0" });
  const request = () => build(path, method, fields, text);
  send.addEventListener("click", () => run(request(), { send, stop, status, output }));
  curl.addEventListener("click", () => navigator.clipboard.writeText(asCurl(request())).then(() => { status.textContent = "copied"; }));
  return make("div", { class: "try" }, make("h3", {}, "Try it"), ...fields.map((item) => item.node), text,
    make("div", { class: "actions" }, send, stop, curl, status), output);
}

function build(path, method, fields, text) {
  const query = new URLSearchParams();
  let target = path;
  for (const { parameter, list, input } of fields) {
    const value = input.value.trim();
    if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (value) for (const item of list ? value.split(",") : [value]) query.append(parameter.name, item.trim());
  }
  const headers = { Accept: "application/json" };
  const key = document.getElementById("key").value.trim();
  if (key) headers[keyHeader] = key;
  if (text) headers["Content-Type"] = "application/json";
  const tail = query.toString();
  return { url: target + (tail ? `?${tail}` : ""), options: { method: method.toUpperCase(), headers, body: text ? text.value : undefined } };
}

function asCurl({ url, options }) {
  const quote = (value) => `'${value.replace(/'/g, `'\\''`)}'`;
  const headers = Object.entries(options.headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  const body = options.body === undefined ? [] : [`-d ${quote(options.body)}`];
  return [`curl -X ${options.method} ${quote(location.origin + url)}`, ...headers, ...body].join(" \\\n  ");
}

async function run({ url, options }, { send, stop, status, output }) {
  const controller = new AbortController();
  const began = performance.now();
  stop.onclick = () => controller.abort();
  Object.assign(send, { disabled: true });
  Object.assign(status, { className: "status", textContent: "…" });
  Object.assign(output, { hidden: false, textContent: "" });
  stop.hidden = false;
  try {
    const response = await fetch(url, { ...options, signal: controller.signal });
    const label = () => `${response.status} ${response.statusText} · ${Math.round(performance.now() - began)} ms`;
    Object.assign(status, { className: `status ${response.ok ? "good" : "bad"}`, textContent: label() });
    await show(response, output);
    status.textContent = label();
  } catch (error) {
    if (error.name === "AbortError") status.textContent += " · stopped";
    else Object.assign(status, { className: "status bad", textContent: String(error) });
  } finally {
    stop.hidden = true;
    send.disabled = false;
  }
}

async function show(response, output) {
  if ((response.headers.get("content-type") || "").includes("ndjson")) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) output.textContent += part.value;
    return;
  }
  const text = await response.text();
  try {
    output.textContent = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    output.textContent = text || "(no body)";
  }
}

function card(path, method, operation) {
  const node = make("details", { class: "op", id: operation.operationId },
    make("summary", {}, make("span", { class: `verb ${method}` }, method.toUpperCase()), make("span", { class: "path" }, path),
      make("span", { class: "muted" }, ...prose(operation.summary))));
  node.addEventListener("toggle", () => node.open && node.childElementCount === 1 && node.append(inside(path, method, operation)));
  return node;
}

function entry(path, method, operation) {
  const link = make("a", { href: `#${operation.operationId}` }, make("span", { class: `verb ${method}` }, method.toUpperCase()), operation.operationId);
  link.dataset.words = `${method} ${path} ${operation.operationId} ${operation.summary}`.toLowerCase();
  return link;
}

function openFromHash() {
  const node = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (node && node.classList.contains("op")) {
    node.open = true;
    node.scrollIntoView();
  }
}

function filter(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of document.querySelectorAll("#index > div")) {
    const links = [...group.querySelectorAll("a")];
    for (const link of links) link.hidden = !words.every((word) => link.dataset.words.includes(word));
    group.hidden = links.every((link) => link.hidden);
  }
}

function render() {
  const all = Object.entries(api.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => [path, method, operation]));
  const sections = [];
  const groups = [];
  for (const tag of api.tags) {
    const own = all.filter(([, , operation]) => operation.tags.includes(tag.name));
    groups.push(make("div", {}, make("h2", {}, tag.name), ...own.map((item) => entry(...item))));
    sections.push(make("section", {}, make("h2", {}, tag.name), make("p", {}, ...prose(tag.description)), ...own.map((item) => card(...item))));
  }
  document.getElementById("index").replaceChildren(...groups);
  document.getElementById("operations").replaceChildren(...sections);
}

async function start() {
  api = await (await fetch("/openapi.json")).json();
  keyHeader = api.components.securitySchemes.ApiKey.name;
  document.title = `${api.info.title} API`;
  document.getElementById("title").textContent = api.info.title;
  document.getElementById("version").textContent = api.info.version;
  document.getElementById("intro").textContent = api.info.description;
  document.getElementById("key-name").textContent = keyHeader;
  const key = document.getElementById("key");
  key.value = sessionStorage.getItem(KEY) || "";
  key.addEventListener("input", () => sessionStorage.setItem(KEY, key.value));
  const search = document.getElementById("filter");
  search.addEventListener("input", () => filter(search.value));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/INPUT|TEXTAREA|SELECT/.test(event.target.tagName)) {
      event.preventDefault();
      search.focus();
    }
  });
  render();
  window.addEventListener("hashchange", openFromHash);
  openFromHash();
}

start().catch((error) => {
  document.getElementById("operations").textContent = `The API document could not be loaded: ${error}`;
});
