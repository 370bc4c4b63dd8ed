import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { stringify } from 'yaml'
import { defaultTemplates, draftChecks, wireIdOf, type CheckTemplate } from '../../collector/ledger/checks.ts'
import { checkLedger, type Ledger } from '../../collector/ledger/ledger.ts'
import { loadLedger, loadPacks, packOf } from '../../collector/ledger/load.ts'
import { matchDevice } from '../../collector/ledger/match.ts'
import { fits } from '../../contract/parse.ts'
import { CheckId } from '../../contract/registry-id.ts'
import { thrown } from '../agent/probes/context.ts'
import { device } from '../rig/evidence.ts'
import { ledger, pack } from '../rig/ledger.ts'

const [city, county] = ledger.areas
const [school] = ledger.schools
if (city === undefined || county === undefined || school === undefined)
  throw new Error('the ledger of the tests is not empty')

void t.test('a ledger that hangs together passes, parents before children', t => {
  const checked = checkLedger({ ...ledger, areas: [county, city] }, 'x')
  t.same(
    checked.areas.map(area => area.id),
    ['yulin', 'dingbian']
  )
  t.end()
})

void t.test('a ledger that does not hang together is refused with the place', t => {
  const cases: [Partial<Ledger>, string][] = [
    [{ areas: [city, county, city] }, '/areas/2/id must be unique, got "yulin" again'],
    [{ areas: [county] }, '/areas/0/parent must be the id of a known area, got "yulin"'],
    [{ areas: [{ ...city, parent: 'yulin' }] }, '/areas/0/parent must not lead back to itself, got yulin → yulin'],
    [
      { areas: [{ ...city, parent: 'dingbian' }, county] },
      '/areas/0/parent must not lead back to itself, got yulin → dingbian → yulin'
    ],
    [{ schools: [school, school] }, '/schools/1/id must be unique, got "s-1" again'],
    [{ schools: [{ ...school, area: 'x' }] }, '/schools/0/area must be the id of a known area, got "x"'],
    [
      { rooms: [{ id: 'r', school: 'x', name: 'r', kind: 'classroom' }] },
      '/rooms/0/school must be the id of a known school, got "x"'
    ],
    [
      { devices: [{ id: 'd', school: 'x', kind: 'panel', name: 'd' }] },
      '/devices/0/school must be the id of a known school, got "x"'
    ],
    [
      { devices: [{ id: 'd', school: 's-1', room: 'x', kind: 'panel', name: 'd' }] },
      '/devices/0/room must be the id of a known room, got "x"'
    ],
    [
      { devices: [{ id: 'd', school: 's-2', room: 'r-101', kind: 'panel', name: 'd' }] },
      '/devices/0/room must be a room of school "s-2", got "r-101" of "s-1"'
    ],
    [
      { devices: [...(ledger.devices ?? []), { id: 'gw-1', school: 's-1', kind: 'panel', name: 'd' }] },
      '/devices/4/id must be unique, got "gw-1" again'
    ],
    [
      { facts: [{ school: 'x', key: 'access', value: 'none', as_of: '2026-01-01', source: 's', by: 'b' }] },
      '/facts/0/school must be the id of a known school, got "x"'
    ],
    [
      { areas: [city, { ...county, level: 'city' }] },
      '/areas/1/level must be below that of its parent "yulin" (city), got "city"'
    ],
    [
      { schools: [school, { ...school, id: 'x' }] },
      '/schools/1/code must be unique, got "0061000001", which school "s-1" has'
    ],
    [
      { schools: [{ ...school, area_from: '2026-02-29' }] },
      '/schools/0/area_from must be a day of the calendar, got "2026-02-29"'
    ],
    [
      { groups: [{ id: 'g', name: 'g', schools: ['s-1', 's-9'] }] },
      '/groups/0/schools/1 must be the id of a known school, got "s-9"'
    ],
    [
      { port_map: [{ switch: 'gw-1', port: '1', room: 'r-101' }] },
      '/port_map/0/switch must be a device of kind switch, got "gw-1" which is a gateway'
    ],
    [
      { areas: [{ ...city, packs: ['p', { pack: 'p', to_period: '2026-12' }] }, county] },
      '/areas/0/packs/1 must not rule in periods in which packs/0 has the same pack, got "p" 0000-01 to 2026-12'
    ],
    [
      { areas: [{ ...city, packs: [{ pack: 'p', from_period: '2026-12', to_period: '2026-01' }] }, county] },
      '/areas/0/packs/0/to_period must not be before from_period "2026-12", got "2026-01"'
    ]
  ]
  for (const [over, message] of cases)
    t.equal(
      thrown(() => checkLedger({ ...ledger, ...over }, 'ledger.yaml')),
      `ledger.yaml ${message}`
    )
  t.end()
})

void t.test('a part of a ledger hangs together with the rest, and must not break it', t => {
  const said = (part: Partial<Ledger>): string =>
    thrown(() => checkLedger({ areas: [], schools: [], ...part }, 'x', ledger))
  const switches = ['sw', 'sw-2'].map(id => ({ id, school: 's-1', kind: 'switch' as const, name: id }))
  const ports = ['1', '2', '1'].map(port => ({ switch: 'sw', port, room: 'r-101' }))
  t.equal(checkLedger({ areas: [], schools: [school] }, 'x', ledger).schools.length, 1)
  t.equal(
    said({ devices: switches, port_map: ports }),
    'x /port_map/2/port must be mapped once for switch "sw", got "1" again'
  )
  t.equal(
    said({ rooms: [{ id: 'r-101', school: 's-2', name: '101', kind: 'classroom' }] }),
    'x ledger devices "panel-1"/room must be a room of school "s-1", got "r-101" of "s-2"'
  )
  t.equal(
    said({ schools: [{ ...school, id: 'n' }] }),
    'x /schools/0/code must be unique, got "0061000001", which school "s-1" has'
  )
  const old = { ...ledger, schools: [...ledger.schools, { ...school, id: 's-3' }] }
  t.doesNotThrow(
    () => checkLedger({ areas: [city], schools: [] }, 'x', old),
    'what was wrong before is not this file’s'
  )
  t.end()
})

void t.test('a ledger file is refused with file, place and value', t => {
  const directory = t.testdir()
  const file = join(directory, 'ledger.yaml')
  const cases: [string, string][] = [
    [
      'areas: [',
      `${file} line 1 column 9 must be YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 9:`
    ],
    ['areas: []', `${file} /schools is missing`],
    [stringify({ ...ledger, schols: [] }), `${file} /schols is not a known key: did you mean "schools"?`],
    [stringify({ areas: [], schools: [{ ...school, code: 61 }] }), `${file} /schools/0/code must be a string, got 61`],
    [
      stringify({ areas: [], schools: [{ ...school, stage: 'uni' }] }),
      `${file} /schools/0/stage must be one of "primary", "middle", "nine-year", "high", "vocational", "teaching-point", got "uni"`
    ],
    [
      stringify({ areas: [{ ...city, id: 'Yulin' }], schools: [] }),
      `${file} /areas/0/id must match ^[a-z0-9][a-z0-9-]{0,63}$, got "Yulin"`
    ]
  ]
  for (const [text, message] of cases) {
    writeFileSync(file, text)
    t.equal(
      thrown(() => loadLedger(file)),
      message
    )
  }
  writeFileSync(file, stringify(ledger))
  t.equal(loadLedger(file).schools.length, 2)
  t.match(
    thrown(() => loadLedger(join(directory, 'none.yaml'))),
    /none\.yaml must be a readable file: ENOENT/
  )
  t.end()
})

void t.test('target packs are refused with the exact place, and two of one name are', t => {
  const good = packOf(pack)
  const directory = t.testdir()
  const file = join(directory, 'a.yaml')
  const [first] = good.targets
  const cases: [unknown, string][] = [
    [{ ...good, targets: [] }, '/targets must not have fewer than 1 items, got []'],
    [{ ...good, from_period: '2026-13' }, '/from_period must match ^[0-9]{4}-(0[1-9]|1[0-2])$, got "2026-13"'],
    [{ ...good, title: { zh: '某' } }, '/title/en is missing'],
    [{ ...good, targets: [{ ...first, goal: 1 }] }, '/targets/0/goal is not a known key'],
    [
      { ...good, targets: [{ ...first, goal_pc: 1 }] },
      '/targets/0/goal_pc is not a known key: did you mean "goal_pct"?'
    ],
    [{ ...good, targets: [{ ...first, goal_pct: 101 }] }, '/targets/0/goal_pct must be <= 100, got 101'],
    [
      { ...good, targets: [{ ...first, parameters: { 'Days!': 3 } }] },
      '/targets/0/parameters/Days! is not a known key'
    ],
    [
      { ...good, targets: [{ ...first, applies_to: { attribute: 'colour', eq: 1 } }] },
      '/targets/0/applies_to/attribute must be one of "stage", "zone", "township_central", "larger", "pupils", got "colour"'
    ]
  ]
  for (const [value, message] of cases) {
    writeFileSync(file, stringify(value))
    t.equal(
      thrown(() => loadPacks(directory)),
      `${file} ${message}`
    )
  }
  writeFileSync(file, pack.text)
  writeFileSync(join(directory, 'b.yaml'), pack.text)
  writeFileSync(join(directory, 'notes.txt'), 'not a pack')
  t.equal(
    thrown(() => loadPacks(directory)),
    `${join(directory, 'b.yaml')} /id must be unique, got "yulin-2022" which is in ${file} too`
  )
  t.end()
})

void t.test('the packs that come along load, and their text is kept letter for letter', t => {
  const rows = loadPacks(join(import.meta.dirname, '../../deploy/targets'))
  t.ok(rows.length > 0)
  t.equal(rows.find(row => row.id === 'yulin-2022')?.text, pack.text)
  for (const row of rows) t.match(row.sha256, /^[0-9a-f]{64}$/)
  t.end()
})

void t.test('every device gets the checks of its kind, under ids that the wire takes', t => {
  const drafts = draftChecks(
    [
      { id: 'gw-1', kind: 'gateway' },
      { id: 'sw-1', kind: 'switch' }
    ],
    defaultTemplates('http://10.1.2.3:8080')
  )
  const names = (id: string) => drafts.filter(draft => draft.device === id).map(draft => draft.key)
  t.ok(names('gw-1').includes('gw-1-port'))
  t.notOk(names('sw-1').includes('sw-1-port'))
  const portals = drafts.filter(draft => draft.device === 'gw-1' && draft.probe === 'portal')
  t.same(
    portals.map(draft => [draft.subject, draft.place, draft.options]),
    [
      ['10.1.2.3', 'self', '{"url":"http://10.1.2.3:8080/livez"}'],
      ['www.smartedu.cn', 'off_site', '{"url":"https://www.smartedu.cn/"}'],
      ['www.moe.gov.cn', 'off_site', '{"url":"https://www.moe.gov.cn/"}'],
      ['www.gov.cn', 'off_site', '{"url":"https://www.gov.cn/"}']
    ]
  )
  t.equal(new Set(drafts.map(draft => draft.key)).size, drafts.length)
  for (const { key } of drafts) t.ok(fits(CheckId, wireIdOf({ key, version: 1 })), key)
  t.end()
})

void t.test('two checks that would share one key are refused: one would silently replace the other', t => {
  const named = (name: string): CheckTemplate => ({ name, probe: 'host', every_ms: 1000 })
  t.equal(
    thrown(() => draftChecks([{ id: 'gw', kind: 'gateway' }], [named('x'), named('x')])),
    'checks must have different keys, got "gw-x" twice (device gw, device gw): rename one'
  )
  t.equal(
    thrown(() =>
      draftChecks(
        [
          { id: 'gw', kind: 'gateway' },
          { id: 'gw-a', kind: 'gateway' }
        ],
        [named('a-x'), named('x')]
      )
    ),
    'checks must have different keys, got "gw-a-x" twice (device gw, device gw-a): rename one'
  )
  t.end()
})

void t.test('a machine is the device that its strongest sign names, or nobody', t => {
  const machine = { fingerprint: '', hostname: 'Panel', macs: ['02:00:00:00:00:01'], platform: '', version: '' }
  const bySerial = device('s', { serial: 'SN' })
  const byMac = device('m', { macs: ['02:00:00:00:00:01'] })
  const byName = device('n', { hostname: 'pANEL' })
  const id = (devices: (typeof bySerial)[], over = {}) => matchDevice(devices, { ...machine, ...over })?.id
  t.equal(id([bySerial, byMac, byName], { serial: 'SN' }), 's')
  t.equal(id([bySerial, byMac, byName]), 'm')
  t.equal(id([bySerial, byName]), 'n')
  t.equal(id([bySerial]), undefined, 'a machine without a serial number is not a device without one')
  t.equal(id([byMac, device('m2', { macs: byMac.macs }), byName]), undefined, 'two fit: a person decides')
  t.equal(id([]), undefined)
  t.end()
})
