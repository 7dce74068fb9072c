// A banner on the company's own pages: nothing while all is well, one sentence and a link when it is not.
// It asks embed.json, beside itself, in the language of the page. No cookie; of a content security policy it needs
// script-src and connect-src for its own address, and nothing else.
(() => {
  const once = Symbol.for("notices");
  // Elements of the page can stand in for what is the document's own (<img name="body">); not so here.
  const own = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name).get.call(document);
  const script = own("currentScript");
  if (!(script instanceof HTMLScriptElement) || window[once]) return;
  window[once] = true;

  const KEY = "notices-closed";
  const url = new URL("embed.json", script.src);
  let news, host, bar, link, button;
  let closed = [];
  try {
    closed = (localStorage.getItem(KEY) || "").split(",");
  } catch {}

  const element = (name) => Document.prototype.createElement.call(document, name);
  const make = (parent, name) => parent.appendChild(element(name));
  const place = () => (Document.prototype.querySelector.call(document, "[data-notices]") || own("body")).prepend(host);

  const build = () => {
    host = element("div");
    const root = host.attachShadow({ mode: "closed" });
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`
:host{all:initial;display:block!important}
section{--ground:#fff3d6;--ink:#3d2c00;--edge:#b97f00;display:flex;align-items:flex-start;gap:.75em;padding:.6em 1em;
font:1rem/1.4 system-ui,sans-serif;color:var(--ink);background:var(--ground);border-block-end:3px solid var(--edge)}
.major{--ground:#ffe8d6;--ink:#4a1f00;--edge:#d9640f}
.critical{--ground:#ffe3e0;--ink:#5a0a05;--edge:#d32f25}
.maintenance{--ground:#e3edff;--ink:#0d2a5c;--edge:#3b72d9}
@media(prefers-color-scheme:dark){section{--ground:#332600;--ink:#ffe3a0}
.major{--ground:#3a1c05;--ink:#ffd9bd}
.critical{--ground:#3f0f0c;--ink:#ffd6d2}
.maintenance{--ground:#0f2347;--ink:#d3e2ff}}
p{flex:1;margin:0;padding-block:.3em;overflow-wrap:anywhere}
a{color:inherit}
button{all:unset;min-width:1.4em;padding:.3em;text-align:center;cursor:pointer}
:focus-visible{outline:2px solid;outline-offset:2px}
@media print{section{display:none}}`);
      root.adoptedStyleSheets = [sheet];
    } catch {}
    bar = make(root, "section");
    const line = make(bar, "p");
    line.setAttribute("role", "status");
    link = make(line, "a");
    button = make(bar, "button");
    button.textContent = "×";
    button.onclick = () => {
      closed = news.incidents;
      try {
        localStorage.setItem(KEY, closed);
      } catch {}
      show();
    };
    place();
  };

  const show = () => {
    if (news.incidents.every((id) => closed.includes(id))) {
      host?.remove();
      host = null;
      return;
    }
    if (!host) build();
    bar.className = news.state;
    bar.dir = news.dir;
    bar.lang = news.labels;
    bar.setAttribute("aria-label", news.label);
    button.setAttribute("aria-label", news.close);
    link.lang = news.lang;
    if (/^https?:/i.test(news.url)) link.href = news.url;
    else link.removeAttribute("href");
    // A moment later, so that a screen reader which has just met the line hears it change.
    setTimeout(() => link.textContent === news.text || (link.textContent = news.text), 50);
  };

  const look = async () => {
    url.searchParams.set("lang", own("documentElement").lang);
    try {
      // no-cache: ask whether what is kept is still true; else a browser may show the end of it a minute late.
      const answer = await fetch(url, { cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer" });
      const said = await answer.json();
      if (!answer.ok) return;
      news = said;
      show();
    } catch {}
  };

  const start = () => {
    look();
    setInterval(() => own("hidden") || look(), 60000);
    // Pages that draw themselves anew take it away with the rest.
    setInterval(() => host && !host.isConnected && place(), 1000);
  };
  if (own("body")) start();
  else EventTarget.prototype.addEventListener.call(window, "DOMContentLoaded", start);
})();
