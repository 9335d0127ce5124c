// Keeps an open page true: status and alarms every three seconds, the list when something has changed.
"use strict";
(() => {
  const EVERY = 3000;
  const LOST_AFTER = 10000;
  const LIST_AFTER = 15000;
  const PATIENCE = 8000;
  const POLL = { "X-Aftercall-Poll": "1" };
  const HERE = document.currentScript.src;
  const body = document.body;
  const title = document.title;
  const tags = {};
  let stamp = body.dataset.stamp || "";
  let heardAt = Date.now();
  let listedAt = Date.now();
  let out = !body.dataset.status;
  let asking = false;

  // Asks with the tag of the last answer; null when nothing has changed.
  async function ask(url) {
    const headers = { ...POLL };
    if (tags[url]) headers["If-None-Match"] = tags[url];
    const answer = await fetch(url, {
      headers, cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok && ![304, 401].includes(answer.status)) throw new Error(String(answer.status));
    heardAt = Date.now();
    if (answer.status === 304) return null;
    if (answer.status === 401) { loggedOut(); return null; }
    tags[url] = answer.headers.get("ETag");
    return answer;
  }

  function put(id, html) {
    const element = document.getElementById(id);
    if (!element) return;
    window.Morph.into(element, html);
    age();
  }

  function sound(count) {
    document.title = count ? `(${count}) ! ${title}` : title;
    if (count) window.AlarmSound.start(); else window.AlarmSound.stop();
  }

  async function status() {
    const answer = await ask(body.dataset.status);
    if (!answer) return;
    const box = await answer.json();
    put("status", box.html.status);
    put("alarms", box.html.alarms);
    sound(box.alarms.new);
    if (box.stamp !== stamp) { stamp = box.stamp; await list(); }
  }

  async function list() {
    if (!document.querySelector("#live[data-live]")) return;
    listedAt = Date.now();
    const answer = await ask(window.location.pathname + window.location.search);
    if (answer) put("live", await answer.text());
  }

  // The wall's five answers: all that a page may still show once nobody is logged in.
  async function wall() {
    const answer = await ask(body.dataset.wall);
    if (!answer) return;
    const now = await answer.json();
    sound(now.alarm ? 1 : 0);
    if (!("wallPage" in body.dataset)) { note(now.alarm); return; }
    const mood = now.alarm ? "alarm" : now.open ? "open" : now.modems ? "calm" : "blind";
    body.className = `wall wall-${mood}`;
    const big = document.getElementById("wall-big");
    if (big.textContent !== big.dataset[mood]) big.textContent = big.dataset[mood];
    const next = document.getElementById("wall-next");
    next.textContent = next.dataset[mood] || "";
    for (const sign of document.querySelectorAll("[data-sign]")) {
      const good = sign.dataset.sign === "hold" ? !now.hold : now[sign.dataset.sign];
      sign.dataset.good = String(good);
    }
  }

  // Where nobody is logged in a page says that there is an alarm, and not which.
  function note(is) {
    const alarms = document.getElementById("alarms");
    if (!alarms || !body.dataset.alarm) return;
    const words = is ? body.dataset.alarm : "";
    if (alarms.textContent === words) return;
    alarms.textContent = "";
    if (!is) return;
    const bar = document.createElement("p");
    bar.className = "alarm-bar is-new";
    bar.setAttribute("role", "alert");
    bar.textContent = words;
    alarms.append(bar);
  }

  function loggedOut() {
    out = true;
    const main = document.getElementById("main");
    const banner = document.createElement("p");
    banner.className = "banner banner-plain";
    banner.textContent = `${body.dataset.out} `;
    const link = document.createElement("a");
    link.href = `${body.dataset.login}?next=${encodeURIComponent(window.location.pathname + window.location.search)}`;
    link.textContent = body.dataset.again;
    banner.append(link);
    // Nobody may be there: what residents wrote must not stay on the screen.
    main.replaceChildren(banner);
    for (const id of ["status", "alarms"]) document.getElementById(id).replaceChildren();
  }

  function lost() {
    const element = document.getElementById("lost");
    if (!element) return;
    const is = Date.now() - heardAt > LOST_AFTER;
    if (is && element.hidden) element.textContent = body.dataset.lost;
    element.hidden = !is;
  }

  function words(seconds) {
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
    if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
    return `${Math.floor(seconds / 86400)} d`;
  }

  function age() {
    for (const element of document.querySelectorAll("time[data-age]")) {
      const seconds = Math.max(0, Math.round((Date.now() - Date.parse(element.dateTime)) / 1000));
      const text = body.dataset.ago ? body.dataset.ago.replace("{age}", words(seconds)) : words(seconds);
      if (element.textContent !== text) element.textContent = text;
    }
  }

  async function round() {
    if (asking) return;
    asking = true;
    try {
      if (out) await wall();
      else {
        await status();
        if (!out && Date.now() - listedAt > LIST_AFTER) await list();
      }
    } catch (error) {
      console.warn("poll", error);
    }
    asking = false;
  }

  function keepAsking() {
    if (out && !body.dataset.wall) return;
    const worker = new Worker(new URL("tick.js", HERE));
    worker.addEventListener("message", round);
    worker.addEventListener("error", () => window.setInterval(round, EVERY), { once: true });
    if (out) round();
  }

  function menu() {
    const button = document.getElementById("menu");
    if (!button) return;
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      document.getElementById("nav").classList.toggle("is-open", open);
    });
  }

  for (const element of document.querySelectorAll("[data-print]")) {
    element.addEventListener("click", () => window.print());
  }
  window.AlarmSound.install();
  const first = document.querySelector("[data-red]");
  if (first) sound(Number(first.dataset.new));
  menu();
  age();
  window.setInterval(() => { age(); lost(); }, 1000);
  keepAsking();
})();
