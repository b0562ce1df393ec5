/** The page's style sheet: system fonts, both colour schemes, one column on a phone. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fbfaf8;--card:#fff;--ink:#1d2126;--soft:#5d6671;--line:#e4e1db;--hover:#f4f1ec;
--agree:#1f7a4d;--agree-bg:#e3f3ea;--differ:#b3261e;--differ-bg:#fbe4e1;--refused:#8a6100;--refused-bg:#faefd0;--failed:#8b2fa0;--failed-bg:#f5e3f8;
--accent:#0b5cad;--bar:#7fa6cc;--keras:#c0bab0;--radius:12px}
@media(prefers-color-scheme:dark){:root{--bg:#14171b;--card:#1c2025;--ink:#e8eaed;--soft:#9aa4af;--line:#2e343b;--hover:#252a31;
--agree:#6fd3a0;--agree-bg:#173527;--differ:#ff9a8f;--differ-bg:#47201d;--refused:#f0c25a;--refused-bg:#3b2f12;--failed:#e0a0ee;--failed-bg:#3a1f41;
--accent:#7db7f0;--bar:#4d7aa8;--keras:#59616b}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
main,header{max-width:1180px;margin:0 auto;padding:0 20px}
header{padding-top:36px}
.eyebrow{margin:0;color:var(--soft);font-size:13px;letter-spacing:.04em}
h1{margin:2px 0 8px;font-size:clamp(24px,4vw,36px);line-height:1.15;letter-spacing:-.02em;font-weight:680}
h2{margin:40px 0 4px;font-size:20px;letter-spacing:-.01em}
h2+p,.lead{margin:0 0 14px;color:var(--soft);max-width:72ch}
.verdict-agree{color:var(--agree)}.verdict-bad{color:var(--differ)}
code,pre,.num,.id{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.88em;font-variant-numeric:tabular-nums}
a{color:var(--accent)}
.chips{display:flex;flex-wrap:wrap;gap:8px;margin:14px 0 0;padding:0;list-style:none}
.chip{padding:3px 11px;border-radius:99px;font-size:13.5px;font-weight:600;background:var(--hover)}
.backends{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:12px;margin:22px 0 0;padding:0;list-style:none}
.backends li,.card,.frame{background:var(--card);border:1px solid var(--line);border-radius:var(--radius)}
.backends li{padding:12px 16px}.backends b{font-size:16px}.backends p{margin:2px 0 0;color:var(--soft);font-size:13.5px}
.frame{overflow:clip}
nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin:18px 0 0}h2{scroll-margin-top:12px}
table{border-collapse:separate;border-spacing:0;width:100%;font-size:14px}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{padding:7px 12px;text-align:left;border-bottom:1px solid var(--line);white-space:nowrap}
tbody:last-child tr:last-child>*{border-bottom:0}
thead{position:sticky;top:0;z-index:2}
thead th{font-weight:600;color:var(--soft);font-size:12.5px;background:var(--card);vertical-align:bottom}
thead th.num{font-family:inherit;font-size:12.5px}
tbody th{font-weight:600;position:sticky;left:0;background:var(--card);z-index:1;vertical-align:top}
thead tr:first-child th:first-child{position:sticky;left:0;z-index:1}
.matrix tbody th{vertical-align:middle}.matrix .all>*{border-bottom:2px solid var(--line)}tbody+tbody th,tbody+tbody td{border-top:0}
td.num,th.num{text-align:right}
.matrix td{padding:4px;text-align:center}.matrix th[scope=colgroup],.matrix thead tr:last-child th{text-align:center}.matrix thead th:first-child{text-align:left}
.cell{display:block;width:100%;min-width:78px;padding:6px 8px;border:0;border-radius:8px;font:inherit;font-variant-numeric:tabular-nums;font-weight:600;color:inherit;cursor:pointer;text-align:center;text-decoration:none}
.cell small{display:block;font-weight:500;font-size:11.5px;line-height:1.35;opacity:.85}
.cell:hover{filter:brightness(.97)}.cell:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
.none{color:var(--soft);opacity:.6}
.agree{color:var(--agree)}.differ{color:var(--differ)}.refused{color:var(--refused)}.failed{color:var(--failed)}
.agree-bg{background:var(--agree-bg);color:var(--agree)}.differ-bg{background:var(--differ-bg);color:var(--differ)}.refused-bg{background:var(--refused-bg);color:var(--refused)}.failed-bg{background:var(--failed-bg);color:var(--failed)}
.badge{display:inline-block;padding:0 8px;border-radius:99px;font-size:12.5px;font-weight:600;line-height:1.6}
.twin{display:grid;gap:2px;width:120px}.twin i{display:block;height:5px;border-radius:3px;min-width:2px}.twin .ours{background:var(--accent)}.twin .theirs{background:var(--keras)}
.key{display:inline-block;width:11px;height:11px;border-radius:3px;vertical-align:-1px;margin:0 5px 0 12px}.key:first-child{margin-left:0}
thead .hist{margin-top:2px}[hidden]{display:none!important}.hist{display:block}.hist rect{fill:var(--bar)}.hist rect.zero{fill:var(--agree);opacity:.75}.hist text{fill:var(--soft);font-size:8px}
.card{margin:0 0 12px}.card>summary{padding:12px 16px;cursor:pointer;list-style:none;display:flex;flex-wrap:wrap;gap:4px 10px;align-items:baseline}
.card>summary::-webkit-details-marker{display:none}.card>summary::before{content:"▸";color:var(--soft)}.card[open]>summary::before{content:"▾"}
.card>summary .id{font-weight:650;font-size:14px;overflow-wrap:anywhere}.card>summary .where{color:var(--soft);font-size:13px}
.card .inside{padding:0 16px 14px}
.finding{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:8px 24px;padding:12px 0;border-top:1px solid var(--line)}
.finding p{margin:4px 0;overflow-wrap:anywhere;white-space:pre-line}.finding dl{display:flex;flex-wrap:wrap;gap:4px 22px;margin:6px 0 0}.finding dl div{min-width:0}
dt{color:var(--soft);font-size:12px}dd{margin:0;overflow-wrap:anywhere}
figure{margin:0}figure canvas{display:block;image-rendering:pixelated;border:1px solid var(--line);border-radius:4px;max-width:100%}
figcaption{color:var(--soft);font-size:12px;max-width:330px}
pre{margin:8px 0 0;padding:12px;background:var(--hover);border-radius:8px;overflow:auto;max-height:340px}
.inner summary{cursor:pointer;color:var(--accent);font-size:13.5px}
.scale{display:flex;align-items:center;gap:8px;color:var(--soft);font-size:12.5px;margin:0 0 14px}.scale canvas{border-radius:3px}
.filters{display:flex;flex-wrap:wrap;gap:8px;margin:0 0 12px}
.filters input{flex:1 1 240px}#layers{max-width:420px}.filters input,.filters select,.more{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:7px 11px;min-width:0}
.list td{white-space:normal}.list td.id{overflow-wrap:anywhere;min-width:200px}.list tr.sub td{color:var(--soft);font-size:13px;padding-top:0}
.list tr:has(+tr.sub)>td{border-bottom:0}
.used{display:inline-block;width:70px;height:6px;border-radius:3px;background:var(--hover);overflow:hidden;vertical-align:2px;margin-right:6px}.used i{display:block;height:100%;background:var(--bar)}.used .over{background:var(--differ)}
.more{margin:12px 0;cursor:pointer}
footer{max-width:1180px;margin:48px auto 40px;padding:16px 20px 0;color:var(--soft);font-size:13px}
footer>div{border-top:1px solid var(--line);padding-top:14px;max-width:none}
@media(max-width:640px){main,header{padding-left:14px;padding-right:14px}header{padding-top:22px}.finding{grid-template-columns:1fr}.cell{min-width:60px;padding:5px 4px}th,td{padding:6px 8px}.list .wide{display:none}.list td.id{min-width:96px}.used{display:block;width:48px}}
@media(max-width:1023px){.frame{overflow:auto;max-height:85vh;-webkit-overflow-scrolling:touch}tbody th[scope]{white-space:normal;max-width:124px}}
@media print{.filters,.more{display:none}.frame{overflow:visible;max-height:none}thead{position:static}}
`;
