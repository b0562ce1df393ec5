/** The page's style sheet: system fonts, both colour schemes, one column on a phone. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fbfaf8;--card:#fff;--ink:#1d2126;--soft:#5d6671;--line:#e4e1db;--grid:#eeebe5;--good:#1f7a4d;--bad:#b3261e;
--ours:#0b5cad;--ort:#d9730d;--tfjs:#138a72;--jax:#8b5fc7;--cpu:#9a938a;--native:#1d2126;--python:#c2447a;--litert:#b08900;--other:#6b7280}
@media(prefers-color-scheme:dark){:root{--bg:#14171b;--card:#1c2025;--ink:#e8eaed;--soft:#9aa4af;--line:#2e343b;--grid:#272c33;--good:#6fd3a0;--bad:#ff9a8f;
--ours:#6cb2f7;--ort:#f0a052;--tfjs:#4fc3a8;--jax:#b79bee;--cpu:#7d8590;--native:#e8eaed;--python:#f08bb5;--litert:#e3c04d;--other:#9aa4af}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
main,header,footer{max-width:1080px;margin:0 auto;padding:0 20px}
header{padding-top:36px}
.eyebrow{margin:0;color:var(--soft);font-size:13px;overflow-wrap:anywhere}
h1{margin:2px 0 8px;font-size:clamp(24px,4vw,34px);line-height:1.15;letter-spacing:-.02em;font-weight:680}
h2{margin:40px 0 4px;font-size:20px;letter-spacing:-.01em;scroll-margin-top:12px}
h3{margin:0 0 6px;font-size:14px;font-weight:600}
h2+p,.lead{margin:0 0 14px;color:var(--soft);max-width:74ch}
a{color:var(--ours)}
nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin:16px 0 0}
.num,td.num,th.num{font-variant-numeric:tabular-nums;text-align:right}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 16px}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:0 0 12px;padding:0;list-style:none;font-size:13.5px}
.legend i,.dot{display:inline-block;width:10px;height:10px;border-radius:50%;background:var(--c);vertical-align:0}
.legend i{margin-right:6px}.ring{background:transparent!important;box-shadow:inset 0 0 0 2px var(--c)}
.ours{--c:var(--ours)}.ort{--c:var(--ort)}.tfjs{--c:var(--tfjs)}.jax{--c:var(--jax)}.cpu{--c:var(--cpu)}.native{--c:var(--native)}.python{--c:var(--python)}.litert{--c:var(--litert)}.other{--c:var(--other)}
.rows{display:grid;grid-template-columns:minmax(150px,290px) minmax(0,1fr) auto;gap:7px 14px;align-items:center;font-size:14px}
.rows>b{font-weight:500;overflow-wrap:anywhere}
.track{position:relative;height:18px}
.bar{position:absolute;top:3px;bottom:3px;left:0;border-radius:0 4px 4px 0;background:var(--c);min-width:2px}
.bar.weak{opacity:.55}.mark{position:absolute;top:-4px;bottom:-4px;width:0;border-left:1px dashed var(--soft)}
.span{position:absolute;top:8px;height:2px;background:var(--line)}
.track .dot{position:absolute;top:4px;margin-left:-5px}.track .dot.ours{width:14px;height:14px;top:2px;margin-left:-7px;z-index:1}
.axis{position:relative;height:18px;color:var(--soft);font-size:12px}.axis span{position:absolute;transform:translateX(-50%);white-space:nowrap}
.axis span:first-child{transform:none}.axis span:last-child{transform:translateX(-100%)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(300px,100%),1fr));gap:14px}
.charts svg{display:block;width:100%;height:auto}
svg text{fill:var(--soft);font:11px system-ui,sans-serif}svg .grid{stroke:var(--grid)}
svg path{fill:none;stroke:var(--c);stroke-width:2}svg path.dash{stroke-dasharray:4 3}svg circle{fill:var(--c)}
.frame{overflow:auto;background:var(--card);border:1px solid var(--line);border-radius:12px;max-height:85vh}
table{border-collapse:separate;border-spacing:0;width:100%;font-size:13.5px}
th,td{padding:6px 12px;text-align:left;border-bottom:1px solid var(--line);white-space:nowrap}
tr:last-child>*{border-bottom:0}
thead th{position:sticky;top:0;background:var(--card);color:var(--soft);font-weight:600;font-size:12.5px;z-index:1}
tbody th{position:sticky;left:0;background:var(--card);font-weight:500;white-space:normal;min-width:124px}
td small{display:block;color:var(--soft);font-size:11.5px}
.best{font-weight:700}.wrong{color:var(--bad)}.none{color:var(--soft);opacity:.6}
.failures{padding-left:18px;font-size:14px}.failures li{margin:3px 0;overflow-wrap:anywhere}
footer{margin:44px auto 40px;color:var(--soft);font-size:13px}
@media(max-width:640px){main,header,footer{padding-left:14px;padding-right:14px}header{padding-top:22px}
.rows{grid-template-columns:minmax(0,1fr) auto;gap:2px 10px}.rows>b{grid-column:1/-1;margin-top:7px;font-size:13.5px}.rows>.pad{display:none}th,td{padding:6px 8px}}
`;
