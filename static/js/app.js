import "htmx.org/dist/htmx.esm.min.js";
import "htmx.org/dist/ext/hx-sse.min.js";
import "htmx.org/dist/ext/hx-csp.min.js";
import "./theme.js";
import "./keys.js";
import "./copy.js";
import "./dialog.js";
import "./live.js";
