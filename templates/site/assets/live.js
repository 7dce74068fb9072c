/* Keeps an open page true without loading it anew. The page is whole without this script. */
(() => {
  "use strict";
  const { live } = document.currentScript.dataset;
  const news = document.getElementById("news");
  let shown = main().innerHTML, known = null, busy = false, again = false;

  function main() { return document.querySelector("main"); }

  /* A revision in the address finds no older copy on its way, however long copies are kept there. */
  async function look(revision) {
    if (busy) { again = revision || true; return; }
    busy = true;
    try {
      const address = new URL(location.href);
      address.hash = "";
      if (revision) address.searchParams.set("revision", revision);
      const answer = await fetch(address, { cache: "no-cache", credentials: "omit" });
      if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* no network: what is shown stays, and the next look is not far */ }
    setTimeout(() => { busy = false; if (again) { const next = again; again = false; look(next === true ? "" : next); } }, 1000);
  }

  function swap(page) {
    const next = page.querySelector("main");
    if (!next || next.innerHTML === shown) return;
    shown = next.innerHTML;
    const open = [...main().querySelectorAll("details[open][id]")].map(each => each.id);
    const held = main().contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    main().replaceChildren(...next.childNodes);
    open.forEach(id => document.getElementById(id)?.setAttribute("open", ""));
    if (held) [...main().querySelectorAll("a")].find(each => each.getAttribute("href") === held)?.focus({ preventScroll: true });
    document.title = page.title;
    news.textContent = [...main().querySelectorAll("[data-news]")].map(each => each.textContent.trim()).join(". ");
  }

  const source = live && window.EventSource ? new EventSource(live) : { readyState: 2 };
  if (live && window.EventSource) source.addEventListener("revision", told => {
    if (known !== null && known !== told.data) setTimeout(look, Math.random() * 2000, told.data);  /* not all at once */
    known = told.data;
  });
  /* A change between the page and the start of its stream, or a copy that was old already, is seen soon after. */
  setTimeout(look, 5000 + Math.random() * 10000);
  let looks = 0;
  setInterval(() => { if (!document.hidden && (source.readyState !== 1 || ++looks % 10 === 0)) look(); }, 30000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
})();
