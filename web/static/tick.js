// Keeps time for app.js: browsers slow a background page's own timers to one a minute, not a worker's.
"use strict";
self.setInterval(() => self.postMessage(0), 3000);
