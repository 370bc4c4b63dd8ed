import t from 'tap'
import fc from 'fast-check'
import { openLines } from '../../contract/lines.ts'
import { openPacer, payloadBytesPerMs } from '../../contract/pacer.ts'
import { openPump, type Outlet } from '../../contract/pump.ts'

/** A clock that is moved by hand. */
const clock = () => {
  let ms = 0
  return {
    now: () => ms,
    add: (more: number) => {
      ms += more
    }
  }
}

void t.test('100 Mbit/s at the IP layer is 12.5 kB a ms, less the headers', t => {
  t.equal(payloadBytesPerMs(100, 1), 12_500)
  t.equal(Math.round(payloadBytesPerMs(100, 1.036)), 12_066)
  t.equal(payloadBytesPerMs(Infinity, 1.036), Infinity)
  t.equal(openPacer(Infinity, () => 0).available(), Infinity)
  t.end()
})

void t.test('whenever it is looked at, a bucket never lets through more than its rate and 50 ms', t => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 200 }), { maxLength: 60 }),
      fc.integer({ min: 1_000, max: 100_000 }),
      (waits, rate) => {
        const { now, add } = clock()
        const pacer = openPacer(rate, now)
        let sent = 0
        for (const wait of waits) {
          add(wait)
          const bytes = pacer.available()
          pacer.take(bytes)
          sent += bytes
          if (sent > rate * (now() + 52) + 16_384) return false
        }
        return true
      }
    ),
    { numRuns: 200 }
  )
  t.pass('in 200 random sequences')
  t.end()
})

void t.test('a sender that was late for 30 ms has caught up soon after, without a burst of 30 ms', t => {
  const { now, add } = clock()
  const rate = 10_000
  const pacer = openPacer(rate, now)
  let [sent, most] = [0, 0]
  const look = (ms: number) => {
    add(ms)
    const bytes = pacer.available()
    pacer.take(bytes)
    sent += bytes
    most = Math.max(most, bytes)
  }
  for (let count = 0; count < 50; count += 1) look(2)
  t.equal(sent, 102 * rate, 'on time')
  look(30)
  t.equal(most, 10 * rate, 'at most 10 ms at once')
  for (let count = 0; count < 60; count += 1) look(2)
  t.equal(sent, (102 + 30 + 120) * rate, 'nothing is lost')
  look(500)
  for (let count = 0; count < 200; count += 1) look(2)
  t.equal(sent, (252 + 50 + 400) * rate, 'of a longer absence 50 ms are caught up')
  t.end()
})

/** Outlets that hold their slice until `drain`. */
const outletsOf = (count: number) => {
  const held: (() => void)[] = []
  const sizes: number[][] = []
  const outlets: Outlet[] = Array.from({ length: count }, (_, index) => ({
    write: (slice, done) => {
      ;(sizes[index] ??= []).push(slice.length)
      held.push(done)
    }
  }))
  return {
    outlets,
    sizes,
    drain: () => {
      for (const done of held.splice(0)) done()
    }
  }
}

void t.test('a pump shares what is allowed among its streams, one slice a stream, and ends at its limit', t => {
  const { now, add } = clock()
  const { outlets, sizes, drain } = outletsOf(4)
  let all = 0
  const pump = openPump(outlets, new Uint8Array(262_144), openPacer(20_000, now), 1_000_000, () => (all += 1))
  add(6)
  pump.run()
  t.same(sizes, [[40_000], [40_000], [40_000], [40_000]])
  pump.run()
  t.equal(pump.bytes(), 160_000, 'a stream that holds a slice gets no other')
  for (let count = 0; count < 200; count += 1) {
    add(2)
    drain()
    pump.run()
  }
  t.equal(pump.bytes(), 1_000_000)
  t.equal(all, 1)
  const given = sizes.map(list => list.reduce((total, size) => total + size, 0))
  t.equal(
    given.reduce((total, size) => total + size, 0),
    1_000_000
  )
  for (const bytes of given) t.ok(bytes > 150_000, `${bytes} on each`)
  t.end()
})

void t.test('a pump that is stopped gives nothing more, also where a slice was under way', t => {
  const { now, add } = clock()
  const { outlets, sizes, drain } = outletsOf(1)
  const pump = openPump(outlets, new Uint8Array(262_144), openPacer(20_000, now), 10_000_000, () => t.fail('not all'))
  add(2)
  pump.run()
  pump.stop()
  add(100)
  drain()
  pump.run()
  t.equal(sizes[0]?.length, 1)
  t.end()
})

void t.test('lines are cut wherever the bytes are, and a line too long is refused', t => {
  const text = '{"a":1}\n\n{"b":"网络"}\r\nrest'
  for (let at = 0; at <= Buffer.byteLength(text); at += 1) {
    const lines: string[] = []
    const feed = openLines(32, line => lines.push(line.trim()))
    const bytes = Buffer.from(text)
    t.ok(feed(bytes.subarray(0, at)) && feed(bytes.subarray(at)))
    t.same(lines, ['{"a":1}', '{"b":"网络"}'])
  }
  t.notOk(openLines(8, () => undefined)(Buffer.from('123456789')))
  t.notOk(openLines(8, () => undefined)(Buffer.from('123456789\n')))
  t.ok(openLines(8, () => undefined)(Buffer.from('12345678\n')))
  t.end()
})
