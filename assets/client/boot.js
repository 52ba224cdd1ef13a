(function () {
  var root = document.documentElement, language = null;
  try { language = localStorage.getItem("upay.language"); } catch (e) { language = null; }
  if (language === "en") {
    root.lang = "en";
    root.setAttribute("data-waiting", "");
    setTimeout(function () { root.removeAttribute("data-waiting"); }, 2500);
  }
  window.upayKeep = function (name, values) {
    try { localStorage.setItem("upay.kept." + name, JSON.stringify({ at: Date.now(), values: values })); } catch (e) { return; }
  };
  if ("serviceWorker" in navigator && location.protocol !== "file:") {
    addEventListener("load", function () { navigator.serviceWorker.register("/sw.js"); });
  }
})();
