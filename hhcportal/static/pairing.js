// A pairing code's page: counts down, and turns to "connected" by itself. The page keeps the
// address that tells the state, never the code: a reload shows the state alone.
const EVERY = 2000;
const state = document.getElementById("pairing");
let etag = "";

function countDown() {
  for (const clock of document.querySelectorAll("[data-until]")) {
    const left = Math.max(0, Math.round((Date.parse(clock.dataset.until) - Date.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }
}

async function ask() {
  if (document.visibilityState !== "visible") return;
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(state.dataset.address + "?part=state", { headers, cache: "no-store" });
  if (answer.status !== 200) return;
  etag = answer.headers.get("ETag") ?? "";
  const told = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = told.getElementById("pairing");
  if (!fresh || fresh.dataset.state === state.dataset.state) return;
  state.dataset.state = fresh.dataset.state;
  state.replaceChildren(...fresh.childNodes);
  document.querySelectorAll("[data-while-waiting]").forEach((part) => part.remove());
}

if (state && state.dataset.state === "waiting") {
  history.replaceState(null, "", state.dataset.address);
  countDown();
  const clock = setInterval(countDown, 1000);
  const asking = setInterval(() => {
    if (state.dataset.state === "waiting") {
      ask().catch(() => {}); // the line is down for a moment: the next try tells
    } else {
      clearInterval(clock);
      clearInterval(asking);
    }
  }, EVERY);
}
