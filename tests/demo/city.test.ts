import t from 'tap'
import { checkLedger, Ledger } from '../../collector/ledger/ledger.ts'
import { parse } from '../../contract/parse.ts'
import { makeCity } from '../../deploy/demo/city.ts'
import { faults, faultShare } from '../../deploy/demo/faults.ts'

void t.test('the same number gives the same city, another number another', t => {
  t.same(makeCity(60, 1, '2026-09-23'), makeCity(60, 1, '2026-09-23'))
  t.not(JSON.stringify(makeCity(60, 2, '2026-09-23')), JSON.stringify(makeCity(60, 1, '2026-09-23')))
  t.end()
})

void t.test('its ledger is one that the collector takes, whatever its size', t => {
  for (const n of [9, 300]) {
    const { ledger, schools } = makeCity(n, 7, '2026-09-23')
    t.equal(schools.length, n)
    t.doesNotThrow(() => checkLedger(parse(Ledger, structuredClone(ledger), 'city'), 'city'))
  }
  t.end()
})

void t.test('41 % of the schools have some fault, and 300 schools show every one of them', t => {
  const { schools } = makeCity(300, 1, '2026-09-23')
  const faulty = schools.filter(school => Object.keys(school.script).length > 0)
  t.equal(faulty.length, Math.round(faultShare * 300))
  for (const [facet, words] of Object.entries(faults))
    for (const word of words)
      t.ok(
        schools.some(school => (school.script as Record<string, string>)[facet] === word),
        `${facet} ${word}`
      )
  t.end()
})

void t.test('every county has schools, and what is simulated says so in its name', t => {
  const { ledger } = makeCity(300, 1, '2026-09-23')
  const counties = ledger.areas.filter(area => area.level === 'county')
  t.equal(counties.length, 9)
  for (const county of counties)
    t.ok(ledger.schools.filter(school => school.area === county.id).length >= 15, county.name)
  for (const school of ledger.schools) t.match(school.name, /模拟/)
  t.end()
})
