/* Keeps the overview true while somebody looks at it, and copies the text for support. Only what
   differs is changed, so that focus, selection, scroll and what was opened stay as they are. */
const EVERY = 5_000;
const AT_MOST = 60_000;

const live = document.getElementById("live");
const stale = document.getElementById("stale");
let etag = live.dataset.etag;
let wait = EVERY;
let timer = 0;

const key = (node) => node.id || (node.dataset && node.dataset.key) || "";
const alike = (a, b) => a && a.nodeName === b.nodeName && key(a) === key(b);

function partner(mine, theirs) {
  if (alike(mine, theirs)) return mine;
  if (!key(theirs)) return null;
  for (let next = mine; next; next = next.nextSibling) if (alike(next, theirs)) return next;
  return null;
}

function become(mine, theirs) {
  if (mine.nodeType !== Node.ELEMENT_NODE) {
    if (mine.nodeValue !== theirs.nodeValue) mine.nodeValue = theirs.nodeValue;
    return;
  }
  for (const { name } of [...mine.attributes]) {
    if (name !== "open" && !theirs.hasAttribute(name)) mine.removeAttribute(name);
  }
  for (const { name, value } of theirs.attributes) {
    if (mine.getAttribute(name) !== value) mine.setAttribute(name, value);
  }
  becomeChildren(mine, theirs);
}

/* What goes is taken away from before what stays: what is moved would lose its focus. */
function becomeChildren(mine, theirs) {
  let at = mine.firstChild;
  for (const child of [...theirs.childNodes]) {
    const found = partner(at, child);
    if (!found) {
      mine.insertBefore(document.importNode(child, true), at);
      continue;
    }
    at = removedUpTo(at, found).nextSibling;
    become(found, child);
  }
  removedUpTo(at, null);
}

function removedUpTo(at, end) {
  while (at !== end) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
  return end;
}

async function ask() {
  const answer = await fetch(live.dataset.part, {
    headers: { "If-None-Match": etag },
    cache: "no-store",
    redirect: "manual",
  });
  if (answer.type === "opaqueredirect" || [403, 404].includes(answer.status)) {
    location.reload(); // signed out, or no longer of this account: the page says so
    return;
  }
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  becomeChildren(live, fresh.content);
  etag = answer.headers.get("ETag");
}

async function refresh() {
  clearTimeout(timer);
  if (document.visibilityState !== "visible") return;
  try {
    await ask();
    wait = EVERY;
    stale.hidden = true;
  } catch {
    wait = Math.min(wait * 2, AT_MOST);
    stale.textContent = stale.dataset.said;
    stale.hidden = false;
  }
  timer = setTimeout(refresh, wait);
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copies);
  const said = document.getElementById(`${text.id}-said`);
  try {
    await navigator.clipboard.writeText(text.value);
    said.textContent = said.dataset.said;
  } catch {
    // Without TLS a browser lends no clipboard: the text is shown and marked instead.
    text.closest("details").open = true;
    text.select();
  }
}

document.documentElement.classList.add("scripted");
document.addEventListener("visibilitychange", refresh);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copies]");
  if (button) copy(button);
});
timer = setTimeout(refresh, EVERY);
