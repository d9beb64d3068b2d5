#pragma once

#include <string_view>

namespace songmap::report {

/// The report's style sheet: light and dark by the reader's setting, pictures always on white, made to be printed too.
inline constexpr std::string_view kReportStyle = R"css(
:root {
  --paper: #f6f7f9; --card: #ffffff; --ink: #1f2933; --soft: #5f6b7a; --line: #e1e5ea; --accent: #2f6fb3;
  --good: #1d7a5c; --good-back: #e5f4ee; --caution: #9a5200; --caution-back: #fdf0dd; --note-back: #eaf1f9;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --card: #1d232a; --ink: #e4e8ed; --soft: #9aa7b5; --line: #313a44; --accent: #7fb4e8;
    --good: #6fd0ab; --good-back: #16322a; --caution: #f3b562; --caution-back: #3a2a12; --note-back: #1c2c3d;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", "Noto Sans", "Noto Sans Bengali", sans-serif;
}
main, header.top, footer { max-width: 1080px; margin: 0 auto; padding: 0 28px; }
header.top { padding-top: 52px; }
h1 { font-size: 34px; line-height: 1.2; letter-spacing: -.01em; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 23px; line-height: 1.3; margin: 0 0 14px; letter-spacing: -.005em; }
h3 { font-size: 17px; margin: 26px 0 8px; }
h4 { font-size: 12px; margin: 14px 0 4px; color: var(--soft); font-weight: 600; letter-spacing: .04em;
  text-transform: uppercase; }
p { margin: 0 0 12px; max-width: 80ch; }
.meta { color: var(--soft); margin: 0; }
section { margin: 56px 0 0; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 6px 18px; padding: 14px 0 0; margin: 18px 0 0;
  border-top: 1px solid var(--line); font-size: 14.5px; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 24px; }
.summary { margin-top: 28px; padding: 26px 30px; font-size: 17px; }
.summary h2 { font-size: 14px; letter-spacing: .05em; text-transform: uppercase; color: var(--soft); margin: 18px 0 4px; }
.summary h2:first-child { margin-top: 0; }
.summary p { margin-bottom: 6px; max-width: 88ch; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 14px; margin: 16px 0 0;
  padding: 0; list-style: none; }
.tiles li { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 14px 18px; }
.tiles strong { display: block; font-size: 25px; line-height: 1.25; letter-spacing: -.01em; }
.tiles span { color: var(--soft); font-size: 13.5px; line-height: 1.35; display: block; }
figure { background: #ffffff; color: #1f2933; border: 1px solid var(--line); border-radius: 12px; margin: 18px 0;
  padding: 10px 10px 16px; break-inside: avoid; }
figure img { display: block; max-width: 100%; height: auto; }
figcaption { color: #5f6b7a; font-size: 14px; line-height: 1.5; max-width: 88ch; margin: 8px 28px 0; }
.scroll { overflow-x: auto; margin: 16px 0 24px; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px; padding: 4px 18px 8px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.45;
  font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; font-size: 15px; padding: 12px 0 8px; }
th, td { text-align: left; vertical-align: top; padding: 8px 14px 8px 0; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 600; font-size: 13px; white-space: nowrap;
  vertical-align: bottom; }
tbody th { font-weight: 500; }
th.n, td.n { text-align: right; padding-left: 8px; white-space: nowrap; }
td.n + td:not(.n), th.n + th:not(.n) { padding-left: 14px; }
th:last-child, td:last-child { padding-right: 0; }
tr.group th { color: var(--soft); font-size: 13px; font-weight: 600; padding-top: 16px; }
.glance thead th, .study thead th { white-space: normal; }
.glance tbody th { min-width: 150px; }
.glance td.n, .glance th.n { padding-left: 4px; padding-right: 8px; }
.glance td.n:last-child, .glance th.n:last-child { padding-right: 0; }
.glance td { padding-top: 6px; padding-bottom: 6px; }
.glance td .aside { font-size: 12px; line-height: 1.35; }
.study td:last-child { min-width: 300px; }
.aside { color: var(--soft); font-size: 12.5px; font-weight: 400; }
td .aside, tbody th .aside { display: block; }
td .aside:only-child { font-size: 13px; }
.badge { background: var(--accent); color: var(--card); border-radius: 20px; font-size: 11.5px; font-weight: 600;
  padding: 1px 8px; vertical-align: 1px; }
.findings { list-style: none; padding: 0; margin: 0; display: grid; gap: 10px; }
.findings li { display: flex; gap: 16px; align-items: baseline; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px; padding: 12px 18px; }
.mark { flex: 0 0 74px; text-align: center; border-radius: 20px; font-size: 12.5px; font-weight: 600; padding: 2px 0; }
.good .mark { background: var(--good-back); color: var(--good); }
.caution .mark { background: var(--caution-back); color: var(--caution); }
.note .mark { background: var(--note-back); color: var(--accent); }
.faults li { margin-bottom: 8px; max-width: 84ch; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 16px; margin-top: 18px; }
.group { break-inside: avoid; padding: 16px 20px; min-width: 0; }
.group h3 { margin: 0; }
.group ul { margin: 0; padding: 0; list-style: none; font-size: 14px; }
.group li { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.size { color: var(--soft); font-size: 13.5px; margin: 0; }
.mix { display: flex; height: 9px; border-radius: 5px; overflow: hidden; background: var(--line); }
.mixwords { font-size: 13.5px; margin: 5px 0 0; overflow-wrap: anywhere; }
.chips { list-style: none; padding: 0; margin: 0 0 18px; display: flex; flex-wrap: wrap; gap: 8px; }
.chips li { background: var(--card); border: 1px solid var(--line); border-radius: 20px; padding: 2px 13px;
  font-size: 14px; max-width: 100%; overflow-wrap: anywhere; }
.path { font: 12.5px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; color: var(--soft); }
code { font: .9em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 14px 18px; overflow-x: auto;
  white-space: pre-wrap; }
details { margin: 16px 0; }
summary { cursor: pointer; color: var(--accent); font-weight: 600; }
.settings { display: grid; grid-template-columns: max-content 1fr; gap: 6px 22px; font-size: 14px; }
.settings dt { font-weight: 600; }
.settings dd { margin: 0; }
.setting { display: inline-block; margin-right: 16px; color: var(--soft); }
.setting code { color: var(--ink); }
.glossary { display: grid; grid-template-columns: repeat(auto-fill, minmax(320px, 1fr)); gap: 14px 34px; margin: 0; }
.glossary dt { font-weight: 600; font-size: 14.5px; }
.glossary dd { margin: 0; color: var(--soft); font-size: 14px; line-height: 1.5; }
footer { color: var(--soft); font-size: 13.5px; padding-top: 48px; padding-bottom: 60px; }
@media (max-width: 640px) {
  main, header.top, footer { padding-left: 16px; padding-right: 16px; }
  .findings li { flex-direction: column; gap: 6px; }
  .mark { flex-basis: auto; padding: 2px 12px; }
  .settings { grid-template-columns: 1fr; }
}
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc; --accent: #1c4f86; --good: #125a42;
    --good-back: #fff; --caution: #7a4000; --caution-back: #fff; --note-back: #fff; }
  body { font-size: 10.5pt; }
  nav { display: none; }
  main, header.top, footer { max-width: none; padding-left: 0; padding-right: 0; }
  section { margin-top: 28px; }
  h2, h3 { break-after: avoid; }
  tr, .findings li, .tiles li { break-inside: avoid; }
  .scroll { overflow: visible; }
}
)css";

}  // namespace songmap::report
