import t from 'tap'
import { openWriter } from '../../../collector/sinks/influx/line.ts'
import type { Point } from '../../../collector/sinks/influx/point.ts'

const writePoint = openWriter()

const nowMs = Date.parse('2026-11-03T10:00:00+08:00')
const aPoint: Point = {
  database: 'raw',
  measurement: 'ping',
  tags: {},
  fields: { outcome: 0 },
  atMs: nowMs,
  offsetNs: 0,
  arrival: 0
}
const written = (over: Partial<Point>) => writePoint({ ...aPoint, ...over }, nowMs)
const headOf = (over: Partial<Point>): string => written(over).line.split(' ')[0] ?? ''
const place = { county: 'dingbian', school: 's-1', device: 'gw-1' }

void t.test('points of a place share its text; what each says of its own stands in its order', async t => {
  for (const own of [{ check: 'gw-1-ping', part: 'eth0' }, { check: 'gw-1-a', part: 'none' }, { check: 'b' }, {}])
    for (const measurement of ['ping', 'port'])
      t.equal(headOf({ measurement, tags: place, own }), headOf({ measurement, tags: { ...place, ...own } }))
  t.match(headOf({ tags: place, own: { county: 'uxin' } }), /,county=uxin,device=gw-1,/, 'one that stands in both')
})

void t.test('a bad tag is refused, whether it is of the place or of the point alone', async t => {
  for (const [own, says] of [
    [{ part: 'A b' }, /^ping tag part must be an id/],
    [{ check: 'a,b=c' }, /^ping tag check must be an id/],
    [{ check: 'gw-1-ping', part: 'a\n' }, /^ping tag part must be an id/],
    [{ target: 'p/t' }, /^ping tag must be one of .* got "target"$/]
  ] as const)
    t.match(written({ tags: place, own }), { fault: 'bad_tag', says })
  const own = { check: 'c', part: 'p' }
  t.match(written({ tags: { ...place, room: 'a\\' }, own }), { fault: 'bad_tag', says: /^ping tag room must be/ })
  t.match(written({ tags: { school: 's-1' }, own }), { fault: 'unregistered' })
})
