/*
 * <programme-chat>: an embeddable chat widget for the programme assistant.
 *
 *   <script src="programme-chat.js" defer></script>
 *   <programme-chat server="https://chat.example.org/webhooks/web" privacy-url="..." page-url="..."></programme-chat>
 *
 * Attributes
 *   server       base URL of the web channel (default: /webhooks/web on this site)
 *   language     language of the interface, a key of STRINGS (default: en; read once)
 *   title        heading of the panel (moved off the element, so that it does not become a tooltip)
 *   subtitle     line under the heading
 *   accent       CSS colour (hex, rgb, hsl or a name); text on it is made black or white by contrast
 *   privacy-url  how messages are handled
 *   page-url     where to look when the chat is down
 *   contact-url  how to reach a person
 *   position     right (default) or left
 *   open         starts open (focus stays where it is)
 * Methods: show(), hide(). Events (bubbling): programme-chat-open, programme-chat-close.
 *
 * One file, no dependency, no request but to `server`. Everything shown is set as text, never parsed as HTML, and styles are
 * constructed style sheets, so it runs under: script-src 'self'; style-src 'self'; connect-src <server>.
 */
(() => {
  'use strict';

  const STRINGS = {
    en: {
      locale: 'en-GB',
      launcher: 'Ask about the programme',
      title: 'Ask about the programme',
      subtitle: 'Automated assistant',
      greeting: 'Hello! What would you like to know?',
      notice: 'I am an automated assistant and I can be wrong. Check important details on the linked pages.',
      privacy: 'Please leave out personal data.',
      privacyLink: 'How your messages are handled',
      contactLink: 'Contact a person',
      pageLink: 'Go to the programme page',
      suggestionsLabel: 'Suggested questions',
      suggestions: ['When is the last day to apply?', 'Which courses are mandatory?', 'What jobs do graduates get?'],
      log: 'Conversation',
      you: 'You:',
      bot: 'Assistant:',
      typing: 'The assistant is writing.',
      input: 'Your question',
      inputHint: 'Enter sends. Shift and Enter starts a new line.',
      send: 'Send',
      wait: 'Please wait for the answer first.',
      close: 'Close the chat',
      clear: 'Clear the conversation',
      clearAsk: 'Delete this conversation? This cannot be undone.',
      clearYes: 'Delete',
      clearNo: 'Keep',
      cleared: 'The conversation is deleted.',
      clearFailed: 'The conversation could not be deleted. Please try again.',
      replies: 'Suggested replies',
      sources: 'Sources',
      newTab: '(opens in a new tab)',
      copy: 'Copy the answer',
      copied: 'Copied',
      up: 'Helpful',
      down: 'Not helpful',
      thanks: 'Thank you for the feedback.',
      unthanks: 'Feedback removed.',
      feedbackFailed: 'The feedback could not be saved.',
      newMessage: 'New message',
      count: '{n} of {max} characters',
      over: '{n} characters too many',
      overOne: '1 character too many',
      near: 'You are close to the limit of {max} characters.',
      notSent: 'Not sent.',
      retry: 'Retry',
      failNetwork: 'There is no connection to the chat.',
      failDown: 'The assistant is not available right now.',
      failSlow: 'The answer took too long.',
      failOrigin: 'The chat is not available on this page.',
      failWait: 'Too many messages. Please wait {n} seconds, then try again.',
      failWaitOne: 'Too many messages. Please wait 1 second, then try again.',
      failWaitSome: 'Too many messages. Please wait a moment, then try again.',
      failReady: 'You can try again now.',
      failOther: 'Something went wrong.',
      offline: 'You are offline. Messages cannot be sent.',
      unreachable: 'The chat cannot be reached right now.',
      online: 'You are online again.',
      passed: 'Passed',
      today: 'Today',
      next: 'Next',
      ahead: 'Later',
      daysLeft: '{n} days left',
      dayLeft: '1 day left',
      code: 'Code',
      course: 'Course',
      credits: 'Credits',
      // How the server's text marks the lines that are shown as chips and as a note.
      sourceLine: /^(sources?|look here):\s/i,
      noteLine: /^applies to:\s/i,
    },
  };

  const LIMIT = 500;
  const COUNT_FROM = 400;
  const TIMEOUT = 20000;
  const ACCENT = [0, 71, 145];
  const SHEET = '(max-width: 479.98px), (max-height: 439.98px)';
  const ICONS = {
    chat: 'M20 4H4a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h3v4l5-4h8a1 1 0 0 0 1-1V5a1 1 0 0 0-1-1zM8 9h8M8 12.5h5',
    down: 'M6 9l6 6 6-6',
    close: 'M6 6l12 12M18 6L6 18',
    trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
    send: 'M12 20V5M5.5 11L12 4.5l6.5 6.5',
    copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
    check: 'M5 12.5l4.5 4.5L19 7.5',
    thumbUp: 'M7 11v9H4v-9h3zm0 0l4-8a2 2 0 0 1 2 2v4h5.5a1.5 1.5 0 0 1 1.5 1.8l-1.3 7.4A2 2 0 0 1 16.7 20H7',
    thumbDown: 'M17 13V4h3v9h-3zm0 0l-4 8a2 2 0 0 1-2-2v-4H5.5A1.5 1.5 0 0 1 4 13.2l1.3-7.4A2 2 0 0 1 7.3 4H17',
    out: 'M9 6H5v13h13v-4M13 4h7v7M20 4l-9 9',
  };

  const CSS_TEXT = `
:host{all:initial;--bg:#fff;--bg2:#f4f6f8;--bg3:#e9edf1;--fg:#18202a;--mut:#55616e;--line:#dde3e9;--ctl:#7a8692;--err:#a4161a;--errbg:#fdf1f0;
  --ink:var(--ink-l);--shade:0 0 0 1px rgba(16,32,56,.06),0 2px 6px rgba(16,32,56,.08),0 16px 40px rgba(16,32,56,.16);
  color-scheme:light dark;color:var(--fg);font:400 15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
:host([hidden]){display:none}
@media (prefers-color-scheme:dark){:host{--bg:#1b2129;--bg2:#12161b;--bg3:#262e38;--fg:#e9edf2;--mut:#a7b2be;--line:#313b47;--ctl:#7f8d9b;--err:#ffaaa3;--errbg:#33201f;
  --ink:var(--ink-d);--shade:0 0 0 1px rgba(255,255,255,.1),0 16px 40px rgba(0,0,0,.5)}}
*,::before,::after{box-sizing:border-box}
[hidden]{display:none!important}
h2,p,ul,ol{margin:0;padding:0}
ul,ol{list-style:none}
button,textarea{font:inherit;color:inherit;letter-spacing:inherit;margin:0}
button{cursor:pointer;border:1px solid transparent;background:none;padding:0;touch-action:manipulation}
[aria-disabled=true]{cursor:default}
svg{width:20px;height:20px;flex:none;display:block;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.vh{position:absolute!important;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
:focus{outline:none}
:focus-visible{outline:2px solid var(--ink);outline-offset:2px}
a{color:var(--ink);text-decoration:underline;text-underline-offset:2px;text-decoration-thickness:1px;border-radius:2px}
a:hover{text-decoration-thickness:2px}

.launcher{position:fixed;z-index:2147483000;bottom:calc(20px + env(safe-area-inset-bottom));right:calc(20px + env(safe-area-inset-right));display:flex;align-items:center;justify-content:center;
  gap:10px;min-height:52px;min-width:52px;padding:0 20px 0 16px;border-radius:26px;background:var(--accent);color:var(--on);font-weight:600;box-shadow:var(--shade)}
.left .launcher{right:auto;left:calc(20px + env(safe-area-inset-left))}
.launcher:hover,.send:hover,.pill:hover{background:var(--hover)}
.launcher:focus-visible{outline:3px solid var(--ink);outline-offset:3px;box-shadow:0 0 0 3px var(--bg)}
.launcher svg{width:24px;height:24px}
.launcher[aria-expanded=true]{padding:0}
.launcher[aria-expanded=true] .label{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}

.panel{position:fixed;z-index:2147483001;bottom:calc(84px + env(safe-area-inset-bottom));right:calc(20px + env(safe-area-inset-right));display:flex;flex-direction:column;width:408px;
  height:min(700px,calc(100vh - 104px));height:min(700px,calc(100dvh - 104px));overflow:hidden;border:1px solid transparent;border-radius:16px;background:var(--bg2);box-shadow:var(--shade)}
.left .panel{right:auto;left:calc(20px + env(safe-area-inset-left))}
@media (prefers-reduced-motion:no-preference){
  .panel{animation:rise .16s cubic-bezier(.2,.7,.3,1)}
  .item.new{animation:fade .16s ease-out}
  .log{scroll-behavior:smooth}
  summary svg{transition:transform .16s}
  .pick{transition:background .16s,border-color .16s}
  .dots i{animation:blink 1.2s infinite}
  .dots i:nth-child(2){animation-delay:.15s}
  .dots i:nth-child(3){animation-delay:.3s}
}
@keyframes rise{from{opacity:0;transform:translateY(12px) scale(.985)}}
@keyframes fade{from{opacity:0;transform:translateY(4px)}}
@keyframes blink{0%,60%,100%{opacity:.35}30%{opacity:1}}

.head{flex:none;display:flex;align-items:center;gap:2px;padding:14px 10px 14px 20px;background:var(--accent);color:var(--on);border-bottom:1px solid transparent}
.head div{flex:1;min-width:0;overflow-wrap:anywhere}
h2{font-size:16px;line-height:1.35;font-weight:650}
.head p{font-size:13px;line-height:1.4}
.icon{display:inline-flex;align-items:center;justify-content:center;width:40px;height:40px;flex:none;border-radius:10px}
.head .icon:hover{background:var(--hover)}
.head :focus-visible{outline-color:var(--on);outline-offset:-2px}

.bar{flex:none;padding:12px 20px;border-bottom:1px solid var(--line);background:var(--bg);font-size:14px;overflow-wrap:anywhere}
.bar a{display:inline-block;padding:2px 0;margin-inline-end:14px}
.row{display:flex;flex-wrap:wrap;gap:8px;margin-top:10px}
.btn{min-height:40px;padding:6px 16px;border-radius:10px;border-color:var(--ctl);background:var(--bg);font-size:14px;font-weight:600;line-height:1.35}
.btn:hover{background:var(--bg3)}
.btn[aria-disabled=true]{color:var(--mut);border-style:dashed;background:none}
.danger{background:var(--err);border-color:var(--err);color:var(--bg)}
.danger:hover{background:var(--err);filter:brightness(1.1)}

.log{flex:1;min-height:0;position:relative;overflow-y:auto;overscroll-behavior:contain;padding:20px 20px 12px;scrollbar-width:thin;scrollbar-color:var(--ctl) transparent}
.log:focus-visible{outline-offset:-3px}
.intro{margin-bottom:20px}
.hello{font-size:18px;line-height:1.35;font-weight:650;margin-bottom:6px}
.fine{font-size:13.5px;color:var(--mut)}
.fine a{display:inline-block;padding:2px 0;margin-inline-end:10px}
.opts{display:flex;flex-direction:column;align-items:flex-start;gap:8px;margin-top:16px}
.pick{min-height:40px;padding:8px 16px;border-radius:20px;border-color:var(--ctl);background:var(--bg);color:var(--ink);font-size:14px;font-weight:550;line-height:1.35;text-align:start;
  overflow-wrap:anywhere}
@media (hover:hover){.pick:hover{background:var(--accent);border-color:var(--accent);color:var(--on)}}
.replies{flex-direction:row;flex-wrap:wrap;margin-top:4px}

.item{margin-bottom:16px}
.box{border-radius:4px 14px 14px 14px;background:var(--bg);border:1px solid var(--line);padding:12px 16px;overflow-wrap:anywhere}
.user{display:flex;flex-direction:column;align-items:flex-end}
.user .box{max-width:88%;border-radius:14px 14px 4px 14px;border-color:transparent;background:var(--accent);color:var(--on);padding:9px 15px}
.user.bad .box{background:var(--bg);color:var(--fg);border:1px dashed var(--err)}
.text p,.text li,.plain{unicode-bidi:plaintext;white-space:pre-line;text-align:start}
.text>*+*{margin-top:8px}
.text li{position:relative;padding-inline-start:16px}
.text li+li{margin-top:3px}
.text li::before{content:"";position:absolute;inset-inline-start:2px;top:.62em;width:5px;height:5px;border:3px solid var(--ink);border-radius:50%}
.text .note{font-size:13px;line-height:1.45;color:var(--mut)}
.chips{display:flex;flex-wrap:wrap;gap:8px;margin-top:12px}
.chips li{min-width:0;max-width:100%}
.src{display:inline-flex;align-items:center;gap:7px;min-height:32px;padding:4px 12px;border:1px solid var(--line);border-radius:8px;background:var(--bg2);font-size:13px;font-weight:550;line-height:1.35;text-decoration:none}
.src:hover{border-color:var(--ink);text-decoration:underline}
.src svg{width:14px;height:14px}
.meta{display:flex;align-items:center;gap:0;min-height:36px;padding-inline-start:4px;color:var(--mut);font-size:12.5px}
.user .meta{min-height:24px;padding:0 2px}
.meta time{margin-inline-end:auto;font-variant-numeric:tabular-nums}
.meta .icon{width:36px;height:36px;border-radius:8px}
.meta .icon svg{width:17px;height:17px}
.meta .icon:hover{background:var(--bg3);color:var(--fg)}
.meta .icon[aria-pressed=true]{color:var(--ink);background:var(--bg3);border-color:var(--ink)}
.meta .icon[aria-pressed=true] svg{stroke-width:2.4}
.fail{max-width:100%;margin-top:8px;padding:10px 14px;border:1px solid var(--err);border-radius:12px;background:var(--errbg);font-size:14px;overflow-wrap:anywhere}
.fail b{color:var(--err);font-weight:650}
.dots{display:inline-flex;gap:5px;padding:15px 16px;margin-bottom:16px}
.dots i{width:7px;height:7px;border:4px solid var(--mut);border-radius:50%}

.card{margin-top:14px;padding-top:14px;border-top:1px solid var(--line)}
.cap{font-size:13px;font-weight:650;margin-bottom:10px}
.tl li{position:relative;padding:0 0 16px 24px}
.tl li:last-child{padding-bottom:2px}
.tl li::before{content:"";position:absolute;left:1px;top:5px;width:11px;height:11px;border:2px solid var(--ctl);border-radius:50%;background:var(--bg);z-index:1}
.tl li::after{content:"";position:absolute;left:6px;top:10px;bottom:-6px;border-left:1px solid var(--ctl)}
.tl li:last-child::after{display:none}
.tl .passed::before{background:var(--ctl)}
.tl .today::before,.tl .next::before{border-color:var(--ink);background:var(--ink);box-shadow:0 0 0 3px var(--bg),0 0 0 5px var(--ink)}
.tl .when{display:flex;flex-wrap:wrap;align-items:center;gap:2px 8px;font-size:13px;color:var(--mut);line-height:1.6}
.tl time{font-variant-numeric:tabular-nums}
.tag{padding:0 8px;border:1px solid var(--line);border-radius:9px;background:var(--bg2);font-size:12px;font-weight:600;line-height:18px}
.today .tag,.next .tag{border-color:var(--accent);background:var(--accent);color:var(--on)}
.left-days{font-weight:600;color:var(--fg)}
.tl .label{display:block;font-size:14px;line-height:1.45}
.tl .next .label,.tl .today .label{font-weight:650}
.tl .passed .label{color:var(--mut)}
details{border:1px solid var(--line);border-radius:10px;overflow:hidden}
details+details{margin-top:8px}
summary{display:flex;align-items:center;gap:8px;min-height:40px;padding:8px 12px;background:var(--bg2);font-size:13.5px;font-weight:600;line-height:1.4;cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
summary:focus-visible{outline-offset:-3px;border-radius:10px}
summary svg{width:16px;height:16px;margin-inline-start:auto;}
details[open] summary svg{transform:rotate(180deg)}
summary .n{color:var(--mut);font-weight:400;font-variant-numeric:tabular-nums}
table{width:100%;border-collapse:collapse;font-size:13.5px;line-height:1.4}
th,td{padding:7px 6px;border-top:1px solid var(--line);text-align:start;vertical-align:top;font-weight:400}
th:first-child,td:first-child{padding-inline-start:12px}
th:last-child,td:last-child{padding-inline-end:12px;text-align:end;white-space:nowrap;font-variant-numeric:tabular-nums}
thead th{font-size:12px;color:var(--mut)}
tbody th{color:var(--mut);font-variant-numeric:tabular-nums;overflow-wrap:normal}
.tags{display:flex;flex-wrap:wrap;gap:6px}
.tags li{max-width:100%;padding:3px 11px;border:1px solid var(--line);border-radius:14px;background:var(--bg2);font-size:13.5px;line-height:1.45}

.foot{flex:none;position:relative;padding:10px 16px calc(14px + env(safe-area-inset-bottom));border-top:1px solid var(--line);background:var(--bg)}
.lab{display:flex;justify-content:space-between;gap:12px;margin:0 2px 5px;font-size:13px;color:var(--mut)}
.lab label{font-weight:600}
.count{font-variant-numeric:tabular-nums}
.count.over{color:var(--err);font-weight:650}
form{display:flex;align-items:flex-end;gap:8px}
textarea{display:block;flex:1;min-width:0;min-height:44px;padding:9px 14px;border:1px solid var(--ctl);border-radius:12px;background:var(--bg);font-size:16px;line-height:24px;resize:none;overflow-y:auto;scrollbar-width:thin;
  unicode-bidi:plaintext;text-align:start;overflow-wrap:anywhere}
textarea:focus{outline:2px solid var(--ink);outline-offset:1px;border-color:var(--bg)}
textarea[aria-invalid=true]{outline-color:var(--err)}textarea[aria-invalid=true]:not(:focus){border-color:var(--err)}
.send{width:44px;height:44px;border-radius:12px;background:var(--accent);color:var(--on)}
.send[aria-disabled=true]{background:var(--bg3);color:var(--mut)}
.pill{position:absolute;left:50%;bottom:calc(100% + 12px);transform:translateX(-50%);display:flex;align-items:center;gap:6px;min-height:40px;padding:0 16px 0 12px;border-radius:20px;background:var(--accent);color:var(--on);
  font-size:14px;font-weight:600;white-space:nowrap;box-shadow:var(--shade)}
.pill svg{width:16px;height:16px}

@media ${SHEET}{
  .panel,.left .panel{inset:auto;left:0;right:0;top:var(--vt,0px);width:auto;height:100vh;height:var(--vh,100dvh);border-radius:0;border-width:0;padding:0 env(safe-area-inset-right) 0 env(safe-area-inset-left);box-shadow:none}
  .head{padding-top:calc(12px + env(safe-area-inset-top));padding-bottom:12px}
  .launcher[aria-expanded=true]{display:none}
}
@media (max-width:479.98px){
  .launcher{padding:0;width:56px;height:56px;border-radius:28px;bottom:calc(16px + env(safe-area-inset-bottom));right:calc(16px + env(safe-area-inset-right))}
  .left .launcher{left:calc(16px + env(safe-area-inset-left))}
  .launcher .label{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
  .log{padding:18px 16px 8px}.bar{padding:12px 16px}.head{padding-left:16px}
}
@media (max-width:359.98px){.box{padding:10px 12px}th,td{padding:6px 4px}th:first-child,td:first-child{padding-inline-start:8px}th:last-child,td:last-child{padding-inline-end:8px}}
@media (max-height:439.98px){
  .panel,.left .panel{display:block;overflow-y:auto;overscroll-behavior:contain;scroll-padding:8px 0 90px}
  .log{overflow:visible;min-height:calc(100% - 70px)}
  .head{padding-top:6px;padding-bottom:6px}
  .foot{position:sticky;bottom:0;padding-top:4px;padding-bottom:6px}.lab{margin-bottom:2px}
}
@media (forced-colors:active){
  .launcher,.panel,.head,.box,.user .box,.send,.pill,.pick,.tag,.tags li,.src{border:1px solid}
  .meta .icon[aria-pressed=true],.tl .next::before,.tl .today::before{border-width:2px;border-color:Highlight;background:Highlight;forced-color-adjust:none}
  .meta .icon[aria-pressed=true]{color:HighlightText}
  [aria-disabled=true]{color:GrayText!important;border-color:GrayText!important}
  :focus-visible,textarea:focus{outline-color:Highlight}
}
@media print{:host{display:none}}
`;

  // ---- small helpers -------------------------------------------------------------------------------------------------

  /** Make an element: `on…` are listeners, `class`, `text` and the rest attributes (null and false are left out). */
  const h = (tag, props, ...children) => {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(props || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key === 'text') node.textContent = value;
      else if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
      else node.setAttribute(key, value === true ? '' : value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
    return node;
  };

  const icon = (name) => {
    const ns = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(ns, 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    const path = document.createElementNS(ns, 'path');
    path.setAttribute('d', ICONS[name]);
    svg.append(path);
    return svg;
  };

  const fill = (string, values) => string.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const length = (text) => [...text.trim()].length;
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  const list = (value) => (Array.isArray(value) ? value : []);
  const str = (value) => (value === null || value === undefined ? '' : String(value));
  const langOf = (value) => (/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(str(value)) ? value : null);

  /** The address if its scheme is one of `schemes`, else null. */
  const safeUrl = (value, schemes = ['https:', 'mailto:'], base = undefined) => {
    try {
      const url = new URL(str(value), base);
      return schemes.includes(url.protocol) ? url.href : null;
    } catch (error) {
      return null;
    }
  };

  // Colours: relative luminance and contrast as WCAG 2 defines them.
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const parseColour = (value) => {
    const context = value && document.createElement('canvas').getContext('2d');
    if (!context) return ACCENT;
    context.fillStyle = '#004791'; // an invalid colour leaves this in place
    context.fillStyle = value;
    const hex = /^#(..)(..)(..)$/.exec(context.fillStyle);
    return hex ? hex.slice(1).map((part) => parseInt(part, 16)) : ACCENT;
  };
  /** Darken `rgb`, or lighten it to a tint of its own hue, until it can be read on each of `grounds`. */
  const readable = (rgb, lighten, ...grounds) => {
    const target = rgb.map((v) => (lighten ? 165 + (90 * v) / Math.max(...rgb, 1) : 0));
    let colour = rgb;
    for (let step = 1; step <= 20 && grounds.some((ground) => contrast(colour, ground) < 4.8); step += 1) {
      colour = rgb.map((v, i) => Math.round(v + ((target[i] - v) * step) / 20));
    }
    return colour;
  };
  const css = (rgb) => `rgb(${rgb.join(',')})`;

  let shared = null; // one parsed style sheet for all elements of a page
  const sharedSheet = () => {
    if (!shared) {
      shared = new CSSStyleSheet();
      shared.replaceSync(CSS_TEXT);
    }
    return shared;
  };

  class Failure extends Error {
    constructor(status, code, message, wait) {
      super(message || code);
      this.status = status; // 0: nothing came back
      this.code = code;
      this.sentence = message || '';
      this.wait = wait;
    }
  }

  // ---- the element ---------------------------------------------------------------------------------------------------

  class ProgrammeChat extends HTMLElement {
    static get observedAttributes() {
      return ['title', 'subtitle', 'accent', 'position', 'privacy-url', 'page-url', 'contact-url'];
    }

    constructor() {
      super();
      this._root = this.attachShadow({ mode: 'open' });
      this._theme = new CSSStyleSheet();
      this._theme.replaceSync(':host{}');
      this._root.adoptedStyleSheets = [sharedSheet(), this._theme];
      this._heading = '';
      this._token = null;
      this._epoch = 0; // rises when the conversation is cleared: answers of an older one are dropped
      this._waitUntil = 0;
      this._isOpen = false;
      this._busy = false;
      this._loaded = false;
      this._follow = true;
      this._jumpUntil = 0;
    }

    connectedCallback() {
      if (!this._panel) this._build();
      this._sheet = window.matchMedia(SHEET);
      this._global = [
        [window, 'online', () => this._online()],
        [window, 'offline', () => this._notice('offline')],
        [this._sheet, 'change', () => this._fit()],
      ];
      if (window.visualViewport) this._global.push([window.visualViewport, 'resize', () => this._fit()], [window.visualViewport, 'scroll', () => this._fit()]);
      this._global.forEach(([target, type, listener]) => target.addEventListener(type, listener));
      this._apply();
      if (this.hasAttribute('open')) this.show(false);
    }

    disconnectedCallback() {
      this._global.forEach(([target, type, listener]) => target.removeEventListener(type, listener));
      this._global = [];
    }

    attributeChangedCallback(name, old, value) {
      if (name === 'title') {
        if (value === null) return;
        this._heading = value;
        this.removeAttribute('title');
      }
      if (this._panel && this.isConnected) this._apply();
    }

    get _s() {
      const language = (this.getAttribute('language') || 'en').toLowerCase();
      return STRINGS[language] || STRINGS[language.split('-')[0]] || STRINGS.en;
    }

    get _server() {
      return (this.getAttribute('server') || '/webhooks/web').replace(/\/+$/, '');
    }

    // ---- building ----

    _build() {
      const s = this._s;
      const button = (name, label, onclick, extra) => h('button', { type: 'button', class: 'icon', 'aria-label': label, title: label, onclick, ...extra }, icon(name));

      this._launcherIcon = h('span', {}, icon('chat'));
      this._launcherLabel = h('span', { class: 'label' });
      this._launcher = h('button', { type: 'button', class: 'launcher', part: 'launcher', 'aria-expanded': 'false', 'aria-controls': 'panel', onclick: () => (this._isOpen ? this.hide() : this.show()) },
        this._launcherIcon, this._launcherLabel);

      this._title = h('h2', { id: 'title' });
      this._subtitle = h('p');
      this._clearButton = button('trash', s.clear, () => this._confirm(true));
      this._confirmBar = h('div', { class: 'bar', role: 'group', 'aria-labelledby': 'ask', hidden: true },
        h('p', { id: 'ask', text: s.clearAsk }),
        h('div', { class: 'row' },
          h('button', { type: 'button', class: 'btn danger', text: s.clearYes, onclick: () => this._clear() }),
          this._keep = h('button', { type: 'button', class: 'btn', text: s.clearNo, onclick: () => this._confirm(false) })));
      this._banner = h('div', { class: 'bar', hidden: true });

      this._hello = h('p', { class: 'hello', text: s.greeting });
      this._fine = h('p', { class: 'fine' });
      this._options = h('div', { class: 'opts', role: 'group', 'aria-label': s.suggestionsLabel },
        ...s.suggestions.map((text) => h('button', { type: 'button', class: 'pick', text, onclick: () => this._choose(text) })));
      this._list = h('ol', { role: 'list' });
      this._dots = h('div', { class: 'box dots', 'aria-hidden': 'true', hidden: true }, h('i'), h('i'), h('i'));
      this._log = h('div', { class: 'log', role: 'log', 'aria-label': s.log, tabindex: '0' },
        h('div', { class: 'intro' }, this._hello, h('p', { class: 'fine', text: s.notice }), this._fine, this._options), this._list, this._dots);

      this._input = h('textarea', { id: 'input', rows: '1', dir: 'auto', autocomplete: 'off', enterkeyhint: 'send', 'aria-describedby': 'hint count', oninput: () => this._typed(), onkeydown: (event) => this._inputKey(event) });
      this._count = h('span', { id: 'count', class: 'count', hidden: true });
      this._sendButton = h('button', { class: 'icon send', 'aria-label': s.send, title: s.send, 'aria-disabled': 'true' }, icon('send'));
      this._pill = h('button', { type: 'button', class: 'pill', hidden: true, onclick: () => this._toNew() }, icon('down'), s.newMessage);
      this._status = h('div', { class: 'vh', role: 'status' });

      this._panel = h('div', { id: 'panel', class: 'panel', part: 'panel', role: 'dialog', 'aria-labelledby': 'title', hidden: true, onkeydown: (event) => this._panelKey(event) },
        h('div', { class: 'head' }, h('div', {}, this._title, this._subtitle), this._clearButton, button('close', s.close, () => this.hide())),
        this._confirmBar, this._banner, this._log,
        h('div', { class: 'foot' }, this._pill,
          h('div', { class: 'lab' }, h('label', { for: 'input', text: s.input }), this._count),
          h('span', { id: 'hint', class: 'vh', text: s.inputHint }),
          h('form', { onsubmit: (event) => { event.preventDefault(); this._submit(); } }, this._input, this._sendButton)),
        this._status);
      // The page's own keyboard shortcuts see the element, not the text field: keep what is typed here.
      ['keyup', 'keypress'].forEach((type) => this._panel.addEventListener(type, (event) => event.stopPropagation()));
      this._panel.addEventListener('scroll', () => this._scrolled(), { passive: true });
      this._log.addEventListener('scroll', () => this._scrolled(), { passive: true });

      this._wrap = h('div', { lang: s.locale }, this._launcher, this._panel);
      this._root.append(this._wrap);
    }

    /** Take over the attributes; can be repeated at any time. */
    _apply() {
      const s = this._s;
      const accent = parseColour(this.getAttribute('accent'));
      const on = contrast(accent, [255, 255, 255]) >= contrast(accent, [0, 0, 0]) ? [255, 255, 255] : [0, 0, 0];
      const rule = this._theme.cssRules[0].style;
      rule.setProperty('--accent', css(accent));
      rule.setProperty('--on', css(on));
      rule.setProperty('--hover', css(accent.map((v) => Math.round(on[0] ? v * 0.8 : v + (255 - v) * 0.35))));
      rule.setProperty('--ink-l', css(readable(accent, false, [255, 255, 255], [233, 237, 241])));
      rule.setProperty('--ink-d', css(readable(accent, true, [18, 22, 27], [38, 46, 56])));
      this._wrap.classList.toggle('left', this.getAttribute('position') === 'left');
      this._launcherLabel.textContent = s.launcher;
      this._title.textContent = this._heading || s.title;
      this._subtitle.textContent = this.getAttribute('subtitle') || s.subtitle;
      this._fine.replaceChildren(`${s.privacy} `, ...this._links([['privacy-url', s.privacyLink], ['contact-url', s.contactLink]]));
      if (['offline', 'down'].includes(this._noticeKind)) this._notice(this._noticeKind);
    }

    /** Links to the addresses the embedding page gave (http and relative ones are its own choice). */
    _links(pairs) {
      return pairs.map(([name, text]) => {
        const url = this.hasAttribute(name) && safeUrl(this.getAttribute(name), ['https:', 'http:', 'mailto:'], document.baseURI);
        return url ? this._link(url, text) : null;
      }).filter(Boolean);
    }

    _link(href, text, ...more) {
      return h('a', { href, target: '_blank', rel: 'noopener noreferrer', dir: 'auto' }, text, ...more, h('span', { class: 'vh', text: ` ${this._s.newTab}` }));
    }

    // ---- opening, closing, keyboard ----

    show(focus = true) {
      if (this._isOpen || !this._panel) return;
      this._isOpen = true;
      this._panel.hidden = false;
      this._launcher.setAttribute('aria-expanded', 'true');
      this._launcherIcon.replaceChildren(icon('down'));
      this._fit();
      if (focus) this._input.focus();
      if (!navigator.onLine) this._notice('offline');
      if (!this._loaded) this._load();
      else this._jump(this._place, 'instant');
      this.dispatchEvent(new CustomEvent('programme-chat-open', { bubbles: true, composed: true }));
    }

    hide() {
      if (!this._isOpen) return;
      this._isOpen = false;
      this._place = this._scroller.scrollTop;
      this._panel.hidden = true;
      this._confirmBar.hidden = true;
      this._launcher.setAttribute('aria-expanded', 'false');
      this._launcherIcon.replaceChildren(icon('chat'));
      this._launcher.focus();
      this.dispatchEvent(new CustomEvent('programme-chat-close', { bubbles: true, composed: true }));
    }

    /** As a full-screen sheet the panel hides the page, so it is modal there; it also keeps clear of a screen keyboard. */
    _fit() {
      const view = window.visualViewport;
      const rule = this._theme.cssRules[0].style;
      if (this._sheet.matches) this._panel.setAttribute('aria-modal', 'true');
      else this._panel.removeAttribute('aria-modal');
      if (this._sheet.matches && this._isOpen && view && Math.abs(view.scale - 1) < 0.02) {
        rule.setProperty('--vh', `${view.height}px`);
        rule.setProperty('--vt', `${view.offsetTop}px`);
      } else {
        rule.removeProperty('--vh');
        rule.removeProperty('--vt');
      }
    }

    _panelKey(event) {
      event.stopPropagation();
      if (event.key === 'Escape' && !event.isComposing) {
        if (this._confirmBar.hidden) this.hide();
        else this._confirm(false);
      } else if (event.key === 'Tab' && this._sheet.matches) {
        const stops = [...this._panel.querySelectorAll('button,a[href],textarea,summary,[tabindex="0"]')].filter((node) => node.getClientRects().length);
        const [from, to] = event.shiftKey ? [stops[0], stops[stops.length - 1]] : [stops[stops.length - 1], stops[0]];
        if (this._root.activeElement === from) {
          event.preventDefault();
          to.focus();
        }
      }
    }

    _inputKey(event) {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this._submit();
    }

    /** After a control removed itself: to the input, but on touch screens without raising the keyboard. */
    _refocus() {
      (window.matchMedia('(pointer: coarse)').matches ? this._log : this._input).focus({ preventScroll: true });
    }

    _typed() {
      const s = this._s;
      const input = this._input;
      const n = length(input.value);
      const over = n > LIMIT;
      const was = this._level || 0;
      this._level = over ? 2 : n >= COUNT_FROM ? 1 : 0;
      this._count.hidden = n < COUNT_FROM;
      this._count.classList.toggle('over', over);
      this._count.textContent = over ? (n === LIMIT + 1 ? s.overOne : fill(s.over, { n: n - LIMIT })) : fill(s.count, { n, max: LIMIT });
      if (over) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
      if (this._level > was) this._say(over ? this._count.textContent : fill(s.near, { max: LIMIT }));
      input.rows = 1;
      while (input.rows < 5 && input.scrollHeight > input.clientHeight + 2) input.rows += 1;
      this._ready();
    }

    _ready() {
      const n = length(this._input.value);
      this._sendButton.setAttribute('aria-disabled', String(this._busy || !n || n > LIMIT));
    }

    /** Say it to screen readers, once. */
    _say(text) {
      clearTimeout(this._saying);
      this._status.textContent = '';
      if (text) this._saying = setTimeout(() => { this._status.textContent = text; }, 60);
    }

    // ---- scrolling ----

    get _scroller() {
      return getComputedStyle(this._log).overflowY === 'visible' ? this._panel : this._log;
    }

    _bottom() {
      return this._scroller.scrollHeight;
    }

    _jump(top, behavior = 'auto') {
      this._jumpUntil = Date.now() + 600; // scroll events of our own making
      this._scroller.scrollTo({ top, behavior });
    }

    _jumpTo(node, behavior) {
      const scroller = this._scroller;
      this._jump(scroller.scrollTop + node.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 14, behavior);
    }

    _scrolled() {
      const { scrollTop, clientHeight, scrollHeight } = this._scroller;
      const near = scrollHeight - scrollTop - clientHeight < 60;
      if (near) this._pill.hidden = true;
      if (near || Date.now() > this._jumpUntil) this._follow = near;
    }

    _toNew() {
      this._pill.hidden = true;
      if (this._newest) this._jumpTo(this._newest);
      this._log.focus({ preventScroll: true });
    }

    // ---- talking to the server ----

    get _storageKey() {
      return `programme-chat:${this._server}`;
    }

    _setToken(token) {
      this._token = token;
      try {
        if (token) sessionStorage.setItem(this._storageKey, token);
        else sessionStorage.removeItem(this._storageKey);
      } catch (error) { /* storage is blocked: the conversation lasts as long as the page */ }
    }

    _storedToken() {
      try {
        return sessionStorage.getItem(this._storageKey);
      } catch (error) {
        return null;
      }
    }

    async _api(method, path, body) {
      const headers = {};
      if (body) headers['Content-Type'] = 'application/json';
      if (this._token) headers.Authorization = `Bearer ${this._token}`;
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), TIMEOUT);
      let response;
      let data = null;
      try {
        response = await fetch(this._server + path, { method, headers, body: body && JSON.stringify(body), credentials: 'omit', cache: 'no-store', signal: abort.signal });
        if (response.status !== 204) data = await response.json().catch((error) => { if (abort.signal.aborted) throw error; return null; });
      } catch (error) {
        throw abort.signal.aborted ? new Failure(504, 'timeout') : new Failure(0, 'network');
      } finally {
        clearTimeout(timer);
      }
      if (response.ok) {
        if (response.status !== 204 && (!data || typeof data !== 'object')) throw new Failure(502, 'malformed');
        return data;
      }
      const { code, message } = (data && data.error) || {};
      const after = response.headers.get('Retry-After');
      const wait = !after ? null : /^\d+$/.test(after) ? Number(after) : Math.ceil((Date.parse(after) - Date.now()) / 1000);
      throw new Failure(response.status, str(code), str(message), wait > 0 ? wait : null);
    }

    /** A session, made when it is first needed. */
    _session() {
      if (this._token) return Promise.resolve();
      if (!this._starting) {
        const epoch = this._epoch;
        const starting = this._api('POST', '/session').then((data) => {
          if (epoch !== this._epoch) return;
          this._setToken(data.token);
          const messages = list(data.messages);
          if (messages.length && !this._list.childElementCount) {
            this._hello.hidden = true; // the server greets
            this._quietly(() => messages.forEach((message) => this._bot(message, true)));
          }
        }).finally(() => { if (this._starting === starting) this._starting = null; });
        this._starting = starting;
      }
      return this._starting;
    }

    /** On opening: the conversation of this tab if there is one, else a new session. */
    _load() {
      if (this._loading) return this._loading;
      const epoch = this._epoch;
      const run = async () => {
        try {
          this._token = this._token || this._storedToken();
          if (this._token) {
            try {
              const messages = list((await this._api('GET', '/history')).messages);
              if (epoch !== this._epoch) return;
              this._quietly(() => this._history(messages));
            } catch (error) {
              if (error.status !== 401) throw error;
              this._setToken(null);
            }
          }
          await this._session();
          if (epoch !== this._epoch) return;
          this._loaded = true;
          this._notice(null);
        } catch (error) {
          if (epoch === this._epoch) this._notice(navigator.onLine ? 'down' : 'offline');
        } finally {
          if (epoch === this._epoch) this._loading = null;
        }
      };
      this._loading = run();
      return this._loading;
    }

    /** Change the log without having it read out. */
    _quietly(change) {
      this._log.setAttribute('aria-live', 'off');
      this._log.setAttribute('aria-busy', 'true');
      change();
      clearTimeout(this._quiet);
      this._quiet = setTimeout(() => {
        this._log.removeAttribute('aria-live');
        this._log.removeAttribute('aria-busy');
      }, 500);
    }

    _history(messages) {
      const waiting = [...this._list.children]; // sent before the history came
      messages.forEach((message, index) => {
        if (message.author === 'user') {
          const next = messages[index + 1];
          this._user({ text: message.text, time: message.time, language: next && next.language });
        } else this._bot(message, true, index === messages.length - 1 && !waiting.length);
      });
      const asked = messages.some((message) => message.author === 'user');
      this._options.hidden = asked || waiting.length > 0;
      this._hello.hidden = messages.length > 0 && !asked;
      const last = this._list.lastElementChild;
      this._list.append(...waiting);
      if (last && asked) this._jumpTo(last, 'instant');
    }

    // ---- sending ----

    _submit() {
      const text = this._input.value.trim();
      if (!text || length(text) > LIMIT) return;
      if (this._busy) {
        this._say(this._s.wait);
        return;
      }
      this._input.value = '';
      this._typed();
      this._ask({ text });
    }

    _choose(text, payload) {
      if (this._busy) {
        this._say(this._s.wait);
        return;
      }
      this._refocus();
      this._ask({ text, payload });
    }

    _ask(item) {
      this._options.hidden = true;
      if (this._replies) this._replies.remove();
      this._replies = null;
      this._user(item);
      this._deliver(item);
    }

    async _deliver(item) {
      if (this._busy) return;
      const epoch = this._epoch;
      this._setBusy(true);
      this._current = item;
      if (item.fail) item.fail.remove();
      item.node.classList.remove('bad');
      this._pill.hidden = true;
      this._follow = true;
      this._jump(this._bottom());
      this._say(this._s.typing);
      try {
        const { messages } = await this._send(item);
        if (epoch !== this._epoch) return;
        this._loaded = true;
        this._notice(null);
        this._say('');
        this._setBusy(false);
        this._answer(list(messages), item);
      } catch (error) {
        if (epoch !== this._epoch) return;
        this._say('');
        this._setBusy(false);
        this._failed(item, error);
      }
    }

    async _send(item) {
      const left = Math.ceil((this._waitUntil - Date.now()) / 1000);
      if (left > 0) throw new Failure(429, 'too_many', '', left);
      const epoch = this._epoch;
      if (!this._loaded) await this._load();
      let body = item.payload ? { payload: item.payload } : { text: item.text };
      let renewed = false;
      for (let busy = 0; ;) {
        await this._session();
        if (epoch !== this._epoch) throw new Failure(0, 'cleared');
        try {
          return await this._api('POST', '/messages', body);
        } catch (error) {
          if (epoch !== this._epoch) throw error;
          if (error.status === 401 && !renewed) {
            renewed = true;
            this._setToken(null);
          } else if (error.code === 'unknown_payload' && body.payload) {
            body = { text: item.text }; // a new session does not know the old buttons; their words still make sense
          } else if (error.status === 409 && busy < 3) {
            busy += 1;
            await sleep(900 * busy);
          } else throw error;
        }
      }
    }

    _setBusy(busy) {
      this._busy = busy;
      this._dots.hidden = !busy;
      this._ready();
    }

    _failed(item, error) {
      const s = this._s;
      const offline = !navigator.onLine;
      let text = s.failOther;
      if (error.status === 0) text = s.failNetwork;
      else if (error.status === 429) text = error.wait ? (error.wait === 1 ? s.failWaitOne : fill(s.failWait, { n: error.wait })) : s.failWaitSome;
      else if (error.status === 504) text = s.failSlow;
      else if (error.status >= 500) text = s.failDown;
      else if (error.status === 403) text = s.failOrigin;
      else if (error.sentence) text = error.sentence;
      const words = h('span', { text: ` ${text}`, dir: 'auto' });
      const retry = h('button', {
        type: 'button', class: 'btn', text: s.retry, onclick: () => {
          if (this._busy || retry.getAttribute('aria-disabled')) return;
          this._refocus();
          this._deliver(item);
        },
      });
      const again = [400, 413].includes(error.status) ? [] : [h('div', { class: 'row' }, retry)]; // the same text would fail again
      item.fail = h('div', { class: 'fail' }, h('b', { text: s.notSent }), words, ...again);
      item.node.classList.add('bad');
      item.node.append(item.fail);
      if (error.status === 429 && error.wait) {
        this._waitUntil = Math.max(this._waitUntil, Date.now() + error.wait * 1000);
        retry.setAttribute('aria-disabled', 'true');
        setTimeout(() => {
          retry.removeAttribute('aria-disabled');
          words.textContent = ` ${s.failReady}`;
        }, error.wait * 1000);
      }
      if (error.status === 0 || (error.status >= 500 && error.status !== 504)) this._notice(offline ? 'offline' : 'down');
      if (this._follow) this._jump(this._bottom());
    }

    _answer(messages, item) {
      const nodes = messages.filter((message) => message && message.author !== 'user').map((message, index, all) => {
        if (langOf(message.language)) item.words.setAttribute('lang', message.language);
        return this._bot(message, false, index === all.length - 1);
      });
      if (!nodes.length) return;
      [this._newest] = nodes;
      if (this._follow && this._isOpen) this._jumpTo(nodes[0]);
      else this._pill.hidden = false;
    }

    _online() {
      this._notice(null);
      this._say(this._s.online);
      if (this._isOpen && !this._loaded) this._load();
    }

    /** The bar above the conversation: 'offline', 'down' or null. */
    _notice(kind) {
      const s = this._s;
      if (kind === this._noticeKind && !kind) return;
      const fresh = kind !== this._noticeKind;
      this._noticeKind = kind;
      this._banner.hidden = !kind;
      if (!kind) return;
      const text = kind === 'offline' ? s.offline : s.unreachable;
      this._banner.replaceChildren(h('p', { text }), ...this._links([['page-url', s.pageLink], ['contact-url', s.contactLink]]));
      if (fresh && this._isOpen) this._say(text);
    }

    // ---- clearing ----

    _confirm(ask) {
      this._confirmBar.hidden = !ask;
      (ask ? this._keep : this._clearButton).focus();
    }

    async _clear() {
      const s = this._s;
      const cut = this._busy && this._current; // its answer will not come any more
      this._epoch += 1;
      this._loading = null;
      this._starting = null;
      this._setBusy(false);
      this._confirmBar.hidden = true;
      this._input.focus();
      try {
        if (this._token) await this._api('DELETE', '/session');
      } catch (error) {
        if (error.status !== 401) {
          this._say(s.clearFailed);
          this._noticeKind = 'clear';
          this._banner.hidden = false;
          this._banner.replaceChildren(h('p', { text: s.clearFailed }));
          if (cut) this._failed(cut, new Failure(0, 'cleared'));
          return;
        }
      }
      this._setToken(null);
      this._notice(null);
      this._quietly(() => this._list.replaceChildren());
      this._replies = null;
      this._newest = null;
      this._waitUntil = 0;
      this._loaded = false;
      this._hello.hidden = false;
      this._options.hidden = false;
      this._pill.hidden = true;
      this._jump(0);
      this._say(s.cleared);
      this._load();
    }

    // ---- messages ----

    _time(value) {
      const date = new Date(value || Date.now());
      if (Number.isNaN(date.getTime())) return h('span');
      const options = { hour: '2-digit', minute: '2-digit' };
      if (date.toDateString() !== new Date().toDateString()) Object.assign(options, { day: 'numeric', month: 'short' });
      return h('time', { datetime: date.toISOString(), text: new Intl.DateTimeFormat(this._s.locale, options).format(date) });
    }

    _user(item) {
      item.node = h('li', { class: 'item user new' },
        h('div', { class: 'box' }, h('span', { class: 'vh', text: `${this._s.you} ` }), item.words = h('div', { class: 'plain', dir: 'auto', lang: langOf(item.language), text: item.text })),
        h('div', { class: 'meta', 'aria-live': 'off' }, this._time(item.time)));
      this._list.append(item.node);
    }

    /** Append an answer. What repeats the text (card) or is a tool (copy, rate) comes a moment later into a region that is not live. */
    _bot(message, quiet, last) {
      const s = this._s;
      const sources = list(message.sources).map(({ title, url }) => ({ title: str(title), url, href: safeUrl(url, ['https:']) })).filter((source) => source.href);
      const box = h('div', { class: 'box' }, h('span', { class: 'vh', text: `${s.bot} ` }), this._text(str(message.text), sources, langOf(message.language)));
      const extra = h('div', { 'aria-live': 'off' });
      const meta = h('div', { class: 'meta', 'aria-live': 'off' });
      const node = h('li', { class: quiet ? 'item' : 'item new' }, box, meta);
      const lang = langOf(message.language);
      box.append(extra);
      if (sources.length) {
        box.append(h('ul', { class: 'chips', role: 'list', 'aria-label': s.sources }, ...sources.map(({ title, href }) => {
          const link = this._link(href, h('bdi', { text: title || href }), icon('out'));
          link.className = 'src';
          return h('li', {}, link);
        })));
      }
      if (last) this._quick(list(message.buttons), node, lang);
      const card = this._card(message.card);
      if (card) extra.append(card);
      const tools = () => meta.append(this._time(message.time), ...this._tools(message));
      if (quiet) tools();
      else setTimeout(tools, 120);
      this._list.append(node);
      return node;
    }

    _quick(buttons, node, lang) {
      const choices = buttons.filter((choice) => choice && choice.title).slice(0, 3);
      if (!choices.length) return;
      this._replies = h('div', { class: 'opts replies', role: 'group', 'aria-label': this._s.replies },
        ...choices.map(({ title, payload }) => h('button', { type: 'button', class: 'pick', dir: 'auto', lang, text: str(title), onclick: () => this._choose(str(title), payload) })));
      node.append(this._replies);
    }

    _tools(message) {
      const s = this._s;
      const tools = [];
      const button = (name, label, onclick, pressed) => h('button', { type: 'button', class: 'icon', 'aria-label': label, title: label, 'aria-pressed': pressed, onclick }, icon(name));
      if (navigator.clipboard) {
        const copy = button('copy', s.copy, async () => {
          try {
            await navigator.clipboard.writeText(str(message.text));
          } catch (error) {
            return;
          }
          copy.replaceChildren(icon('check'));
          this._say(s.copied);
          setTimeout(() => copy.replaceChildren(icon('copy')), 2000);
        });
        tools.push(copy);
      }
      if (!message.id || message.status === 'social') return tools;
      let value = message.feedback || 'none';
      const thumbs = {};
      const show = () => Object.entries(thumbs).forEach(([name, node]) => node.setAttribute('aria-pressed', String(name === value)));
      const rate = async (name) => {
        const old = value;
        value = value === name ? 'none' : name;
        show();
        try {
          await this._api('POST', '/feedback', { message: message.id, value });
          this._say(value === 'none' ? s.unthanks : s.thanks);
        } catch (error) {
          value = old;
          show();
          this._say(s.feedbackFailed);
        }
      };
      thumbs.up = button('thumbUp', s.up, () => rate('up'), String(value === 'up'));
      thumbs.down = button('thumbDown', s.down, () => rate('down'), String(value === 'down'));
      return [...tools, thumbs.up, thumbs.down];
    }

    /** Text to paragraphs, lists and links, all by DOM calls. Lines that the chips show are left out. */
    _text(text, sources, lang) {
      const s = this._s;
      const box = h('div', { class: 'text', dir: 'auto', lang });
      let open = null; // the paragraph or list that the next line continues
      text.split(/\r?\n/).forEach((raw) => {
        const line = raw.trim();
        if (sources.some(({ title, url }) => line === `${title}, ${url}`)) return; // the second and further sources
        if (s.sourceLine.test(line) && sources.some(({ title, url }) => line.includes(url) || (title && line.includes(title)))) return;
        const bullet = /^•\s*(.*)$/.exec(line);
        if (!line) open = null;
        else if (bullet) {
          if (!open || open.tagName !== 'UL') {
            open = h('ul', { role: 'list' });
            box.append(open);
          }
          open.append(h('li', {}, ...this._inline(bullet[1])));
        } else if (s.noteLine.test(line)) {
          box.append(h('p', { class: 'note' }, ...this._inline(line)));
          open = null;
        } else if (open && open.tagName === 'P') open.append('\n', ...this._inline(line));
        else {
          open = h('p', {}, ...this._inline(line));
          box.append(open);
        }
      });
      return box;
    }

    _inline(line) {
      const parts = [];
      let end = 0;
      for (const match of line.matchAll(/(?:https:\/\/|mailto:)[^\s<>"']+/gi)) {
        let found = match[0].replace(/[.,;:!?…]+$/, '');
        while (/[)\]]$/.test(found) && found.split(/[)\]]/).length > found.split(/[([]/).length) found = found.slice(0, -1).replace(/[.,;:!?…]+$/, '');
        const href = safeUrl(found);
        if (!href) continue;
        parts.push(line.slice(end, match.index), this._link(href, found.replace(/^mailto:/i, '')));
        end = match.index + found.length;
      }
      parts.push(line.slice(end));
      return parts.filter((part) => part !== '');
    }

    // ---- cards ----

    _card(card) {
      const make = card && { timeline: this._timeline, courses: this._courses, list: this._chips }[card.type];
      const body = make ? make.call(this, card) : [];
      if (!body.length) return null;
      const title = str(card.title);
      return h('div', { class: 'card', role: 'group', 'aria-label': title || null }, title && h('p', { class: 'cap', dir: 'auto', text: title }), ...body);
    }

    _timeline(card) {
      const s = this._s;
      const format = new Intl.DateTimeFormat(s.locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
      const rows = list(card.items).map(({ date, label, state, days_left: days }) => {
        const known = ['passed', 'today', 'next', 'ahead'].includes(state) ? state : 'ahead';
        const day = new Date(`${date}T00:00:00Z`);
        const valid = !Number.isNaN(day.getTime());
        const left = Number.isInteger(days) && days > 0 && known !== 'passed' && known !== 'today' && (days === 1 ? s.dayLeft : fill(s.daysLeft, { n: days }));
        return h('li', { class: known, 'aria-current': known === 'today' ? 'date' : null },
          h('div', { class: 'when' }, h('time', { datetime: valid ? str(date) : null, text: valid ? format.format(day) : str(date) }), h('span', { class: 'tag', text: s[known] }), left && h('span', { class: 'left-days', text: left })),
          h('span', { class: 'label', dir: 'auto', text: str(label) }));
      });
      return rows.length ? [h('ol', { class: 'tl', role: 'list' }, ...rows)] : [];
    }

    _courses(card) {
      const s = this._s;
      const groups = list(card.groups).filter((group) => list(group.courses).length);
      const total = groups.reduce((sum, group) => sum + group.courses.length, 0);
      return groups.map((group, index) => h('details', { open: total <= 8 || index === 0 },
        h('summary', {}, h('span', { dir: 'auto', text: str(group.name) }), h('span', { class: 'n', text: group.courses.length }), icon('down')),
        h('table', { 'aria-label': str(group.name) },
          h('thead', {}, h('tr', {}, ...[s.code, s.course, s.credits].map((text) => h('th', { scope: 'col', text })))),
          h('tbody', {}, ...group.courses.map(({ code, name, credits }) => h('tr', {}, h('th', { scope: 'row', text: str(code) }), h('td', { dir: 'auto', text: str(name) }), h('td', { text: str(credits) })))))));
    }

    _chips(card) {
      const items = list(card.items);
      return items.length ? [h('ul', { class: 'tags', role: 'list' }, ...items.map((text) => h('li', { dir: 'auto', text: str(text) })))] : [];
    }
  }

  if (!customElements.get('programme-chat')) customElements.define('programme-chat', ProgrammeChat);
})();
