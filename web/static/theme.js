// In the head and before anything is drawn: Bootstrap's dark parts by attribute, without a flash.
"use strict";
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const show = () => { document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  document.documentElement.classList.add("js");
  dark.addEventListener("change", show);
  // Paper is light, whatever the screen is.
  window.addEventListener("beforeprint", () => { document.documentElement.dataset.bsTheme = "light"; });
  window.addEventListener("afterprint", show);
  show();
})();
