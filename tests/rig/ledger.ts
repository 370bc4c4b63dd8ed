import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CheckTemplate } from '../../collector/ledger/checks.ts'
import type { Ledger } from '../../collector/ledger/ledger.ts'
import type { PackRow } from '../../collector/store/store.ts'

/** Tuesday, in the period 2026-11. */
export const nowMs = Date.parse('2026-11-03T10:00:00+08:00')

/** Two schools under one county: enough to tell own from foreign. */
export const ledger: Ledger = {
  areas: [
    { id: 'yulin', level: 'city', name: '榆林市', name_en: 'Yulin', packs: ['yulin-2022'] },
    { id: 'dingbian', parent: 'yulin', level: 'county', name: '定边县' }
  ],
  schools: [
    { id: 's-1', code: '0061000001', name: '第一小学', area: 'dingbian', stage: 'primary', zone: 'rural', pupils: 120 },
    { id: 's-2', code: '0061000002', name: '第二小学', area: 'dingbian', stage: 'primary', zone: 'town', larger: true }
  ],
  rooms: [{ id: 'r-101', school: 's-1', name: '101', kind: 'classroom' }],
  devices: [
    { id: 'gw-1', school: 's-1', kind: 'gateway', name: '网关', serial: 'SN-GW-1', upload_path: 'other' },
    {
      id: 'panel-1',
      school: 's-1',
      room: 'r-101',
      kind: 'panel',
      name: '一体机',
      macs: ['02:00:00:00:00:01', '02:00:00:00:00:02']
    },
    { id: 'panel-2', school: 's-1', kind: 'panel', name: '一体机2', hostname: 'PANEL-2' },
    { id: 'panel-9', school: 's-2', kind: 'panel', name: '一体机9', hostname: 'panel-9' }
  ]
}

export const templates: readonly CheckTemplate[] = [
  { name: 'host', probe: 'host', every_ms: 60_000 },
  { name: 'port', probe: 'port', every_ms: 60_000 },
  { name: 'edu', probe: 'portal', every_ms: 300_000, subject: 'www.smartedu.cn', place: 'off_site' },
  { name: 'gov', probe: 'portal', every_ms: 300_000, subject: 'www.gov.cn', place: 'off_site' }
]

export const pack: PackRow = {
  id: 'yulin-2022',
  sha256: 'of-the-test',
  text: readFileSync(join(import.meta.dirname, '../../deploy/targets/yulin-2022.yaml'), 'utf8')
}
