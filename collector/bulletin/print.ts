import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compositeTarget } from '../verdicts/ranking.ts'
import { escapeText } from '../views/render.ts'
import type { Contents } from './contents.ts'
import type { RankTable } from './rank-tables.ts'
import { sha256 } from './canonical.ts'

/** Where the sheet's style comes from: served pages may not carry their own (CSP), a file on a disk has nobody to ask. */
export type SheetStyle = { readonly href: string } | 'inline'

export const printCss = (): string => readFileSync(join(import.meta.dirname, 'print.css'), 'utf8')
/** Its address, which changes with its content. */
export const printCssAddress = (): string => `/assets/bulletin.css?v=${sha256(printCss()).slice(0, 16)}`

/**
 * The bulletin as a document to print on A4 and to paste into WPS or Word: plain tables, no script. Whatever comes from the ledger is escaped.
 * The mark of simulated data stands on the page and in every table, so that a table that is pasted elsewhere still says it.
 */
export const bulletinHtml = (contents: Contents, style: SheetStyle): string => {
  const { title, simulated } = contents
  const table = tableIn(simulated)
  const body = [
    `<h1>${escapeText(title)}</h1>`,
    ...(simulated === '' ? [] : [`<p class="mark made-up">${escapeText(simulated)}</p>`]),
    `<p class="mark">${escapeText(contents.status)}</p>`,
    headTable(contents),
    ...contents.remarks.map(paragraph),
    '<h2>一、总体情况 Summary</h2>',
    table({ ...contents.summary, title: '' }, 'numbered'),
    '<h2>二、排名 Ranking</h2>',
    ...(contents.rankings.length === 0
      ? [paragraph('可比区域不足，没有排名。 Nothing to rank.')]
      : printed(contents.rankings).map(ranking => table({ ...ranking, none: '' }))),
    '<h2>三、通报 Named</h2>',
    ...sentences(contents.named, '本期没有连续两期排名靠后的区域。 No area is named.'),
    ...contents.notRankable.map(paragraph),
    ...contents.leftOut.map(paragraph),
    '<h2>四、数据不足与沿用 Unknown and carried over</h2>',
    table(contents.unknown),
    table(contents.carried),
    '<h2>五、报送、审核与申诉 Submissions and objections</h2>',
    table(contents.submissions),
    table(contents.objections),
    '<h2>六、变更 Changes</h2>',
    table({ ...contents.changes, title: '' }),
    '<div class="annex">',
    '<h2>附表：学校 Schools</h2>',
    paragraph('指标按“总体情况”中的序号。 Targets by their number in the summary.'),
    table(annexOf(contents)),
    '</div>'
  ]
  const classes = [...(contents.isPreview ? ['preview'] : []), ...(simulated === '' ? [] : ['simulated'])].join(' ')
  return [
    '<!doctype html>',
    '<html lang="zh-CN">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeText(`${simulated === '' ? '' : '【模拟数据】'}${contents.isPreview ? '【预览】' : ''}${title}`)}</title>`,
    style === 'inline' ? `<style>\n${printCss()}</style>` : `<link rel="stylesheet" href="${escapeText(style.href)}">`,
    '</head>',
    `<body class="${classes}">`,
    ...body,
    '</body>',
    '</html>',
    ''
  ].join('\n')
}

const paragraph = (text: string): string => `<p>${escapeText(text)}</p>`
const sentences = (list: readonly string[], none: string): string[] =>
  (list.length === 0 ? [none] : list).map(paragraph)

const headTable = ({ head }: Contents): string =>
  `<table border="1" cellspacing="0">\n${head
    .map(
      ([name, value]) =>
        `<tr><th scope="row">${escapeText(name)}</th><td${name.includes('SHA') ? ' class="hash"' : ''}>${escapeText(value)}</td></tr>`
    )
    .join('\n')}\n</table>`

interface Printed {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
  readonly none: string
}

const tableIn =
  (simulated: string) =>
  ({ title, columns, rows, none }: Printed, numbered?: 'numbered'): string => {
    const caption = [title, ...(simulated === '' ? [] : ['【模拟数据】'])].filter(text => text !== '').join(' ')
    const head = numbered === undefined ? columns : ['序号', ...columns]
    const lines = (rows.length === 0 ? [[none]] : rows).map((row, i) => {
      const cells = numbered === undefined || rows.length === 0 ? row : [i + 1, ...row]
      const span = rows.length === 0 ? ` colspan="${head.length}"` : ''
      return `<tr>${cells
        .map(cell => `<td${span}${typeof cell === 'number' ? ' class="number"' : ''}>${escapeText(cell)}</td>`)
        .join('')}</tr>`
    })
    return [
      '<table border="1" cellspacing="0">',
      ...(caption === '' ? [] : [`<caption>${escapeText(caption)}</caption>`]),
      `<thead><tr>${head.map(column => `<th scope="col">${escapeText(column)}</th>`).join('')}</tr></thead>`,
      `<tbody>\n${lines.join('\n')}\n</tbody>`,
      '</table>'
    ].join('\n')
  }

/** On paper: every ranking of the first area, of the others the composite (all of them are in the XLSX). */
const printed = (rankings: readonly RankTable[]): RankTable[] =>
  rankings.filter(ranking => ranking.scope === rankings[0]?.scope || ranking.target === compositeTarget)

/** The schools' table with numbers for the targets: twelve titles do not fit on A4. */
const annexOf = ({ schools }: Contents): Printed => {
  const fixed = 3
  return {
    ...schools,
    title: '',
    columns: schools.columns.map((column, i) => (i < fixed ? column : String(i - fixed + 1))),
    rows: schools.rows.toSorted((a, b) => compare(String(a[0]), String(b[0])))
  }
}
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
