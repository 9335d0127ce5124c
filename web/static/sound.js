// The alarm's sound: made here, so that nothing has to be loaded when it matters.
"use strict";
window.AlarmSound = (() => {
  let context = null;
  let timer = 0;

  function ready() {
    if (!context && window.AudioContext) context = new AudioContext();
    return context;
  }

  function tone(at, pitch) {
    const oscillator = context.createOscillator();
    const volume = context.createGain();
    oscillator.type = "square";
    oscillator.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.25, at + 0.02);
    volume.gain.setValueAtTime(0.25, at + 0.26);
    volume.gain.linearRampToValueAtTime(0, at + 0.3);
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(at + 0.32);
  }

  function once() {
    if (!ready() || context.state !== "running") return;
    const at = context.currentTime + 0.02;
    [0, 0.32, 0.64].forEach((offset, i) => tone(at + offset, i % 2 ? 660 : 880));
  }

  function button() {
    const element = document.getElementById("sound");
    if (!element || !ready()) return;
    const on = context.state === "running";
    element.classList.toggle("is-blocked", !on);
    element.querySelector("span").textContent = on ? element.dataset.on : element.dataset.off;
  }

  return {
    start() {
      if (timer) return;
      once();
      timer = window.setInterval(once, 2500);
    },
    stop() {
      window.clearInterval(timer);
      timer = 0;
    },
    install() {
      if (!ready()) return;
      context.addEventListener("statechange", button);
      // Browsers keep a page silent until somebody has touched it once.
      const wake = () => { context.resume().then(button); };
      document.addEventListener("pointerdown", wake, { once: true });
      document.addEventListener("keydown", wake, { once: true });
      const element = document.getElementById("sound");
      if (element) element.addEventListener("click", () => { context.resume().then(() => { button(); once(); }); });
      button();
    },
  };
})();
