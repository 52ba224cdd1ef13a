// Runs before first paint, in the head of every page.
(function () {
  var root = document.documentElement;
  function stored(of, name) { try { return of().getItem(name); } catch (e) { return null; } }
  function store(of, name, text) { try { of().setItem(name, text); } catch (e) { return; } }
  function forget(name) { try { localStorage.removeItem(name); } catch (e) { return; } }
  function local() { return localStorage; }
  function session() { return sessionStorage; }

  if (stored(local, "upay.language") === "en") {
    // The page was prerendered in Hindi: wait for the script to say it in English, but not for ever.
    root.lang = "en";
    root.setAttribute("data-waiting", "");
    setTimeout(function () { root.removeAttribute("data-waiting"); }, 2500);
  }

  // What the offline page shows: the last numbers a page had, and when it had them.
  window.upayKeep = function (name, values) {
    store(local, "upay.kept." + name, JSON.stringify({ at_s: Math.floor(Date.now() / 1000), values: values }));
  };
  // Whoever sees the sign-in page is not signed in: what the last person's pages kept goes.
  if (location.pathname.indexOf("/sign-in") === 0) forget("upay.kept.home");

  // A form that comes back with an error still holds what was typed.
  addEventListener("submit", function (event) {
    event.target.querySelectorAll("[data-keep]").forEach(function (input) { store(session, "upay.typed." + input.name, input.value); });
  });
  addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-keep]").forEach(function (input) { input.value = input.value || stored(session, "upay.typed." + input.name) || ""; });
  });

  if ("serviceWorker" in navigator) addEventListener("load", function () { navigator.serviceWorker.register("/sw.js"); });
})();
