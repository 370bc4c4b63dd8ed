import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { stringify } from 'yaml'
import { draftChecks } from '../../../collector/ledger/checks.ts'
import { checkLedger, type Ledger } from '../../../collector/ledger/ledger.ts'
import { loadLedger, loadPacks, packOf } from '../../../collector/ledger/load.ts'
import { appliesTo } from '../../../collector/verdicts/applies.ts'
import { rules } from '../../../collector/verdicts/rules.ts'
import { fits } from '../../../contract/parse.ts'
import { CheckId } from '../../../contract/registry-id.ts'
import { thrown } from '../../agent/probes/context.ts'
import { school } from '../../rig/evidence.ts'
import { ledger } from '../../rig/ledger.ts'
import { uplinkRow } from '../../rig/tier-tests.ts'

const uplink = { id: 'u-1', school: 's-1', device: 'gw-1' }

void t.test('an uplink that does not hang together is refused with the place', t => {
  type Uplinks = NonNullable<Ledger['uplinks']>
  const cases: [Uplinks, string][] = [
    [[uplink, uplink], '/uplinks/1/id must be unique, got "u-1" again'],
    [[{ ...uplink, school: 'x' }], '/uplinks/0/school must be the id of a known school, got "x"'],
    [[{ ...uplink, device: 'x' }], '/uplinks/0/device must be the id of a known device, got "x"'],
    [[{ ...uplink, school: 's-2' }], '/uplinks/0/device must be a device of school "s-2", got "gw-1" of "s-1"'],
    [
      [uplink, { ...uplink, id: 'u-2' }],
      '/uplinks/1/interface must differ from that of uplink "u-1" on the same device, got none'
    ],
    [
      [
        { ...uplink, interface: 'eth1' },
        { ...uplink, id: 'u-2', interface: 'eth1' }
      ],
      '/uplinks/1/interface must differ from that of uplink "u-1" on the same device, got "eth1"'
    ]
  ]
  for (const [uplinks, message] of cases)
    t.equal(
      thrown(() => checkLedger({ ...ledger, uplinks }, 'ledger.yaml')),
      `ledger.yaml ${message}`
    )
  const switched = { ...ledger, devices: [{ id: 'sw', school: 's-1', kind: 'switch' as const, name: 's' }] }
  t.equal(
    thrown(() => checkLedger({ ...switched, uplinks: [{ ...uplink, device: 'sw' }] }, 'ledger.yaml')),
    'ledger.yaml /uplinks/0/device must be a gateway or a panel, got "sw" which is a switch'
  )
  const two = [
    { ...uplink, interface: 'eth1' },
    { ...uplink, id: 'u-2', interface: 'ppp0' }
  ]
  t.same(checkLedger({ ...ledger, uplinks: two }, 'x').uplinks, two)
  t.end()
})

void t.test('an uplink in a file is refused with file, place and value', t => {
  const file = join(t.testdir(), 'ledger.yaml')
  const refused = (over: object): string => {
    writeFileSync(file, stringify({ ...ledger, uplinks: [{ ...uplink, ...over }] }))
    return thrown(() => loadLedger(file))
  }
  t.match(
    refused({ interface: '../eth0' }),
    `${file} /uplinks/0/interface must match ^[^-./\\s][^/\\s]{0,14}$, got "../eth0"`
  )
  t.match(refused({ contract_down_mbps: 0 }), `${file} /uplinks/0/contract_down_mbps must be > 0`)
  t.match(refused({ contract_down_mbps: '500M' }), `${file} /uplinks/0/contract_down_mbps must be a number, got "500M"`)
  t.match(refused({ speed: 1 }), /uplinks\/0.*speed/)
  writeFileSync(file, stringify({ ...ledger, uplinks: [{ ...uplink, contract_down_mbps: 500, isp: '中国移动' }] }))
  t.match(loadLedger(file).uplinks, [{ contract_down_mbps: 500 }])
  t.end()
})

void t.test('every uplink gives its device one tier check, and keys do not clash', t => {
  const devices = [
    { id: 'gw-1', kind: 'gateway' as const },
    { id: 'panel-1', kind: 'panel' as const }
  ]
  const longest = uplinkRow('u'.repeat(64), { device: 'panel-1' })
  const drafts = draftChecks(
    devices,
    [],
    [uplinkRow('u-1', { interfaceName: 'ppp0' }), longest, uplinkRow('u-3', { device: 'gone' })]
  )
  t.same(
    drafts.map(draft => ({ ...draft, options: JSON.parse(draft.options) as unknown })),
    [
      {
        key: 'u-1-tier',
        device: 'gw-1',
        probe: 'bandwidth',
        everyMs: 60_000,
        subject: 'u-1',
        place: 'none',
        options: { uplink: 'u-1', vantage: 'gateway', interface: 'ppp0' }
      },
      {
        key: `${longest.id}-tier`,
        device: 'panel-1',
        probe: 'bandwidth',
        everyMs: 60_000,
        subject: longest.id,
        place: 'none',
        options: { uplink: longest.id, vantage: 'panel' }
      }
    ]
  )
  t.ok(drafts.every(draft => fits(CheckId, `${draft.key}@999999`)))
  t.equal(
    thrown(() => draftChecks(devices, [{ name: 'tier', probe: 'host', every_ms: 1000 }], [uplinkRow('gw-1')])),
    'checks must have different keys, got "gw-1-tier" twice (device gw-1, device gw-1): rename one'
  )
  t.end()
})

void t.test(
  'the packs that come with the product ask for tiers that a test can prove, of the schools the papers name',
  t => {
    const directory = join(import.meta.dirname, '../../../deploy/targets')
    const packs = loadPacks(directory).map(packOf)
    t.same(
      packs.map(pack => pack.id),
      ['inner-mongolia-2020', 'ordos-2023', 'shaanxi-2019', 'shanxi-2020', 'sichuan-2017', 'yulin-2022']
    )
    for (const pack of packs)
      for (const target of pack.targets)
        t.ok(Object.hasOwn(rules, target.indicator), `${pack.id}/${target.id} has a rule`)
    const targets = new Map(packs.flatMap(pack => pack.targets.map(target => [`${pack.id}/${target.id}`, target])))
    const asks = (key: string, over: Partial<typeof school>): boolean => {
      const target = targets.get(key)
      return target !== undefined && appliesTo(target.applies_to, { ...school, ...over })
    }
    const middle = { stage: 'middle', larger: true, zone: 'urban' } as const
    t.same(
      [
        asks('yulin-2022/uplink-500', middle),
        asks('yulin-2022/uplink-500', { ...middle, zone: 'rural' }),
        asks('yulin-2022/uplink-1000', middle),
        asks('yulin-2022/uplink-1000', { ...middle, larger: false }),
        asks('yulin-2022/uplink-1000', { ...middle, stage: 'primary' }),
        asks('sichuan-2017/uplink-10', { stage: 'vocational' }),
        asks('shaanxi-2019/uplink-100', { stage: 'teaching-point' })
      ],
      [true, false, true, false, false, false, true]
    )
    const bad = t.testdir({
      'p.yaml': stringify({ ...packs[2], targets: [{ ...packs[2]?.targets[0], parameters: { tier_mbps: 200 } }] })
    })
    t.equal(
      thrown(() => loadPacks(bad)),
      `${join(bad, 'p.yaml')} /targets/0/parameters/tier_mbps must be one of 10, 100, 500, 1000 (Mbit/s), got 200`
    )
    t.end()
  }
)
