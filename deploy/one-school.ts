import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { MachineIdentity } from '../agent/system.ts'
import type { Ledger } from '../collector/ledger/ledger.ts'

/** A ledger with one school that holds this machine as the panel of its one classroom. */
export const oneSchoolLedger = (machine: MachineIdentity): Ledger => ({
  areas: [
    { id: 'local', level: 'county', name: '本机试用区域', name_en: 'This machine (trial area)', packs: ['yulin-2022'] }
  ],
  schools: [
    {
      id: 'local-school',
      code: '0000000000',
      name: '本机试用学校',
      name_en: 'This machine (trial school)',
      area: 'local',
      stage: 'primary',
      zone: 'urban'
    }
  ],
  rooms: [{ id: 'local-room', school: 'local-school', name: '本机所在教室', kind: 'classroom' }],
  devices: [
    {
      id: 'this-machine',
      school: 'local-school',
      room: 'local-room',
      kind: 'panel',
      name: machine.hostname.slice(0, 200) || '本机',
      hostname: machine.hostname.slice(0, 253),
      macs: [...machine.macs],
      ...(machine.serial === undefined ? {} : { serial: machine.serial.slice(0, 128) })
    }
  ]
})

/** Writes what `npm start` needs and is not there yet; what a person has changed since stays. */
export const writeOnce = (directory: string, machine: MachineIdentity): { collectorConfig: string } => {
  const ledger = join(directory, 'ledger.yaml')
  if (!existsSync(ledger))
    writeFileSync(
      ledger,
      `# 台账：npm start 首次运行时生成，可以修改，重启后生效。The ledger, made by the first npm start: edit it and restart.\n${stringify(oneSchoolLedger(machine))}`
    )
  const collectorConfig = join(directory, 'collector.yaml')
  if (!existsSync(collectorConfig))
    writeFileSync(
      collectorConfig,
      '# 采集端配置：npm start 首次运行时生成。Collector configuration, made by the first npm start; --port and --host win over it.\n' +
        stringify({ data: 'collector', ledger: 'ledger.yaml' })
    )
  return { collectorConfig }
}
