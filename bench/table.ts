import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process'
import os from 'node:os'

export type Cell = string | number
export interface Column {
  readonly name: string
  /** Digits after the point; text and counts as they are when left out. */
  readonly digits?: number
}

/** A Markdown table whose columns are also aligned as plain text. */
export const tableOf = (columns: readonly Column[], rows: readonly (readonly Cell[])[]): string => {
  const texts = rows.map(row => columns.map((column, i) => textOf(row[i] ?? '', column)))
  const widths = columns.map((column, i) => Math.max(column.name.length, ...texts.map(row => (row[i] ?? '').length)))
  const numeric = columns.map((_, i) => rows.some(row => typeof row[i] === 'number'))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (numeric[i] === true ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join(' | ')} |`
  const rule = `| ${widths.map((width, i) => (numeric[i] === true ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`
  return [line(columns.map(column => column.name)), rule, ...texts.map(line)].join('\n')
}

const textOf = (cell: Cell, column: Column): string => {
  if (typeof cell === 'string') return cell
  if (Number.isNaN(cell)) return '–'
  return column.digits === undefined ? String(cell) : cell.toFixed(column.digits)
}

/** Where and when: a number without its machine is no number. The load average tells whether somebody else was at work. */
export const circumstances = (command: string): string => {
  const [cpu] = os.cpus()
  const loads = os.loadavg().map(load => load.toFixed(2))
  return (
    `\`${command}\`, ${new Date().toISOString().slice(0, 16)}Z, ${cpu?.model ?? 'unknown CPU'}, ${os.availableParallelism()} cores, ` +
    `Node ${process.version}, ${revision()}, load average ${loads.join(' ')}`
  )
}

const revision = (): string => {
  try {
    const options: ExecFileSyncOptionsWithStringEncoding = {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore']
    }
    return `commit ${execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim()}`
  } catch {
    return 'no commit'
  }
}

/** A goal that was met or missed, for the line below a table. */
export const goalLine = (what: string, value: number, goal: number, unit: string, digits = 1): string =>
  `${value <= goal ? '✔' : '✖'} ${what}: ${value.toFixed(digits)}${unit} (goal ≤ ${goal}${unit})`
