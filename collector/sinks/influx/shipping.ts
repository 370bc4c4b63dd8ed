import type { NewDeadLetter } from '../../store/sink-store.ts'
import type { Delivery } from './deliver.ts'
import type { WritePoint } from './line.ts'
import type { Point } from './point.ts'
import { databases, type DatabaseName } from './schema.ts'

/** Points made ready: lines to send, and what never will be. */
export interface Parcel {
  readonly loads: Readonly<Record<DatabaseName, Load>>
  readonly letters: readonly NewDeadLetter[]
  /** Points that the database would drop because of their age. */
  readonly tooOldN: number
  readonly linesN: number
}
interface Load {
  readonly lines: string[]
  /** The batch of each line. */
  readonly arrivals: number[]
}

export interface Sent {
  readonly pointsN: number
  /** Those of the parcel, and those of lines that the server refused. */
  readonly letters: readonly NewDeadLetter[]
  readonly tooOldN: number
}

/** How long a database keeps points, ms; undefined for ever. */
export type Retention = Readonly<Record<DatabaseName, number | undefined>>

export interface Shipping {
  /** Behind what is in a parcel already, when there is one: that is then used up. */
  pack(points: readonly Point[], parcel?: Parcel): Parcel
  /** Resolves when each line is stored or known to be refused; rejects only when the signal aborts. */
  send(parcel: Parcel): Promise<Sent>
  /** Packs and sends a part at a time: of many points only some are lines at once. */
  ship(points: readonly Point[]): Promise<Sent>
}

export interface ShippingDeps {
  readonly sink: string
  readonly writePoint: WritePoint
  readonly delivery: Delivery
  readonly retention: Retention
  /** Most lines of one write. */
  readonly atOnce: number
  readonly now: () => number
  readonly signal: AbortSignal
}

/** A point so near its end is not worth a dead letter when it is late by a retry: the server's clock decides what is too old. */
const nearEndMs = 600_000

export const openShipping = ({
  sink,
  writePoint,
  delivery,
  retention,
  atOnce,
  now,
  signal
}: ShippingDeps): Shipping => {
  const pack: Shipping['pack'] = (points, before) => {
    const nowMs = now()
    const oldest = Object.fromEntries(
      databases.map(database => [database, nowMs - (retention[database] ?? Infinity) + nearEndMs])
    )
    const made: Record<DatabaseName, string[]> = { raw: [], rollup: [] }
    const loads = before?.loads ?? { raw: { lines: [], arrivals: [] }, rollup: { lines: [], arrivals: [] } }
    const letters = [...(before?.letters ?? [])]
    let tooOldN = before?.tooOldN ?? 0
    for (const point of points) {
      const written = writePoint(point, nowMs)
      const { database, arrival } = point
      if ('fault' in written) {
        const { fault: reason, says, line } = written
        letters.push({ sink, atMs: nowMs, database, arrival, line, reason, answer: cut(says) })
      } else if (point.atMs < (oldest[database] ?? -Infinity)) tooOldN++
      else {
        made[database].push(written.line)
        loads[database].arrivals.push(arrival)
      }
    }
    for (const database of databases) for (const line of flat(made[database])) loads[database].lines.push(line)
    return { loads, letters, tooOldN, linesN: loads.raw.lines.length + loads.rollup.lines.length }
  }

  const send: Shipping['send'] = async ({ loads, letters, tooOldN }) => {
    const all = [...letters]
    let pointsN = 0
    for (const database of databases) {
      const { lines, arrivals } = loads[database]
      for (let from = 0; from < lines.length; from += atOnce) {
        const some = lines.length <= atOnce ? lines : lines.slice(from, from + atOnce)
        const { refused } = await delivery.write(database, some, signal)
        pointsN += some.length - refused.length
        for (const { index, answer } of refused)
          all.push({
            sink,
            atMs: now(),
            database,
            arrival: arrivals[from + index] ?? 0,
            line: some[index] ?? '',
            reason: serverRefused,
            answer: cut(answer)
          })
      }
    }
    return { pointsN, letters: all, tooOldN }
  }

  return {
    pack,
    send,
    ship: async points => {
      let sum = nothingSent
      for (let from = 0; from < points.length; from += atOnce) {
        await breath()
        const sent = await send(pack(points.slice(from, from + atOnce)))
        sum = {
          pointsN: sum.pointsN + sent.pointsN,
          letters: [...sum.letters, ...sent.letters],
          tooOldN: sum.tooOldN + sent.tooOldN
        }
      }
      return sum
    }
  }
}

/** Cut from one text: a line grown word by word is a tree of its pieces, several times as large and slow to clear away. */
const flat = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : lines.join('\n').split('\n'))

/** The reason of a line that was fine by us and not by the database. */
export const serverRefused = 'server_refused'
const nothingSent: Sent = { pointsN: 0, letters: [], tooOldN: 0 }

/** Lets a request that is on its way go on before the next long piece of work. */
export const breath = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

const longest = 500
const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text)
