// In the head and before anything is drawn: Bootstrap's dark parts by attribute, without a flash.
"use strict";
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const show = () => { document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  document.documentElement.classList.add("js");
  dark.addEventListener("change", show);
  show();
})();
