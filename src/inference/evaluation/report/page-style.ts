/** Style of a report: one column that prints, no file besides the page. */
export const pageStyle = `
:root { color: #222; background: #fff; font: 16px/1.5 Inter, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif }
body { max-width: 980px; margin: 0 auto; padding: 32px 24px 64px }
h1 { font-size: 28px; margin: 0 0 4px } h2 { font-size: 21px; margin: 44px 0 8px } h3 { font-size: 16px; margin: 20px 0 6px }
p, li { max-width: 74ch } .quiet { color: #5c5c5c; font-size: 14px }
.notice { border-left: 6px solid #D55E00; background: #fdf3ec; padding: 12px 18px; margin: 20px 0 }
.notice p { margin: 4px 0 } .notice strong { font-size: 18px }
.brief { border-left: 6px solid #0072B2; background: #eef6fb; padding: 8px 18px }
table { border-collapse: collapse; width: 100%; margin: 8px 0; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: 7px 10px; border-bottom: 1px solid #d9d9d9; vertical-align: top }
th { font-weight: 600; background: #f6f6f6 } td .range { display: block; color: #5c5c5c; font-size: 13px }
.plots { display: flex; flex-wrap: wrap; gap: 16px } .plots, .wide { margin-left: -24px } .plots svg, .wide svg { max-width: 100%; height: auto }
.films { display: flex; flex-wrap: wrap; gap: 10px } figure { margin: 0; width: 150px } figcaption { font-size: 12.5px; line-height: 1.35; margin-top: 3px }
figure img { display: block; border: 4px solid #009E73; background: #000; box-sizing: border-box } figure.wrong img { border: 4px dashed #D55E00 }
figure.looked { width: 304px } figure.looked > .over:first-child { margin-right: 4px } figcaption { clear: both }
.over { position: relative; width: 150px; height: 150px; float: left } .heat, .landmarks { position: absolute; inset: 4px; width: 142px; height: 142px }
code { font-size: 13px; overflow-wrap: anywhere }
@media print { h2 { break-after: avoid } svg, figure, table { break-inside: avoid } }
`
