import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { openBook, type Book, type BookTime } from '../../../../agent/probes/bandwidth/budget.ts'

const hour = 3_600_000
const day = 24 * hour
const limits = { dayBytes: 1_000, monthBytes: 5_000 }
const at = (serverMs: number, boot = 'boot-1', upMs = serverMs): BookTime => ({ serverMs, boot, upMs })

let last = 0
const take = (book: Book, bytes: number, now: BookTime): string | undefined => {
  const lease = `lease-${++last}`
  return book.reserve({ lease, uplink: 'u1', bytes }, limits, now) ? lease : undefined
}
const fresh = (t: Test) => t.testdir({})
const directoryOf = (t: Test): string => {
  const home = fresh(t)
  return join(home, `book-${++last}`)
}

void t.test('bytes are reserved, settled, and free again after a day; a month holds beside it', t => {
  const book = openBook(directoryOf(t))
  t.equal(book.left('u1', at(0)), Infinity, 'before any budget was named')
  const lease = take(book, 900, at(0))
  t.ok(lease)
  t.equal(take(book, 200, at(1)), undefined)
  book.settle(lease ?? '', 100)
  t.equal(book.left('u1', at(1)), 900)
  t.ok(take(book, 900, at(1)))
  t.equal(book.left('u1', at(day)), 100, 'what was spent a day ago is free, a minute less is not')
  for (const n of [1, 2, 3, 4]) t.ok(take(book, 900, at(n * day + 2)))
  t.equal(book.left('u1', at(6 * day)), 400, 'the month')
  t.equal(book.left('u2', at(6 * day)), Infinity, 'another uplink is another budget')
  t.end()
})

void t.test('a crash between reservation and settlement keeps the whole reservation', t => {
  const directory = directoryOf(t)
  take(openBook(directory), 900, at(0))
  const again = openBook(directory)
  t.equal(again.left('u1', at(hour, 'boot-2', 0)), 100)
  t.equal(statSync(join(directory, 'bandwidth-budget.json')).mode & 0o777, 0o600)
  t.end()
})

void t.test('a clock that jumps frees nothing and blocks nothing for long', t => {
  const year = 365 * day
  const back = openBook(directoryOf(t))
  take(back, 900, at(2 * year))
  t.equal(back.left('u1', at(year, 'boot-2', 0)), 100, 'dated in the future: counts from now')
  t.equal(back.left('u1', at(year + day, 'boot-2', day)), 1_000, 'and a day later no more')
  t.equal(back.left('u1', at(2 * year + 1, 'boot-3', 0)), 100, 'the clock is right again: it still was spent just now')

  const forward = openBook(directoryOf(t))
  take(forward, 900, at(0, 'boot-1', hour))
  t.equal(forward.left('u1', at(year, 'boot-1', 2 * hour)), 100, 'the same boot counts by uptime')
  t.end()
})

void t.test('a damaged book costs a day, not the budget', t => {
  const directory = directoryOf(t)
  take(openBook(directory), 10, at(0))
  const file = join(directory, 'bandwidth-budget.json')
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, 40))
  const book = openBook(directory)
  t.equal(take(book, 1, at(hour)), undefined)
  t.equal(take(openBook(directory), 1, at(2 * hour)), undefined, 'nor after a restart')
  t.ok(take(book, 1, at(hour + day)))
  t.end()
})

/** A life of restarts, tests and jumps of the collector's clock; true time only goes on. */
const step = fc.record({
  passMs: fc.integer({ min: 0, max: 12 * hour }),
  jumpMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: -90 * day, max: 90 * day })),
  reboot: fc.boolean(),
  bytes: fc.integer({ min: 1, max: 700 }),
  usedShare: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined })
})

interface Spent {
  readonly trueMs: number
  readonly bytes: number
}

const live = (
  directory: string,
  steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
  jumps: boolean,
  reboots: boolean
) => {
  let trueMs = 100 * day
  let offset = 0
  let boot = 1
  let bootMs = trueMs
  let book = openBook(directory)
  const spent: Spent[] = []
  for (const { passMs, jumpMs, reboot, bytes, usedShare } of steps) {
    trueMs += passMs
    if (jumps) offset += jumpMs
    if (reboot) {
      book = openBook(directory)
      if (reboots) {
        boot += 1
        bootMs = trueMs
      }
    }
    const lease = take(book, bytes, { serverMs: trueMs + offset, boot: `boot-${boot}`, upMs: trueMs - bootMs })
    if (lease === undefined) continue
    // Undefined: it crashed, and nobody knows what it cost: the worst.
    const used = usedShare === undefined ? bytes : Math.floor(bytes * usedShare)
    if (usedShare !== undefined) book.settle(lease, used)
    else book = openBook(directory)
    spent.push({ trueMs, bytes: used })
  }
  const most = (spanMs: number) =>
    Math.max(
      0,
      ...spent.map(({ trueMs: end }) =>
        spent.filter(one => one.trueMs <= end && end - one.trueMs < spanMs).reduce((sum, one) => sum + one.bytes, 0)
      )
    )
  return { day: most(day), month: most(31 * day) }
}

const life = fc.array(step, { minLength: 1, maxLength: 25 })

void t.test('with restarts at will and a right clock no 24 hours and no 31 days go over the budget', t => {
  const home = fresh(t)
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(life, steps => {
        const { day: most, month } = live(join(home, `life-${++last}`), steps, false, true)
        return most <= limits.dayBytes && month <= limits.monthBytes
      }),
      { numRuns: 40, seed: 3 }
    )
  )
  t.end()
})

void t.test('within one boot the same holds whatever the collector’s clock says', t => {
  const home = fresh(t)
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(life, steps => {
        const { day: most, month } = live(join(home, `life-${++last}`), steps, true, false)
        return most <= limits.dayBytes && month <= limits.monthBytes
      }),
      { numRuns: 40, seed: 4 }
    )
  )
  t.end()
})
