import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InfluxSettings } from '../collector/sinks/influx/config.ts'
import type { Influxd } from '../tests/rig/influxd.ts'

/** Folder and row of the sink under test. */
export const sinkName = 'influx'

/** Settings of a sink into a real influxd, over `url` when something stands in front of it. The password is put into a file of the directory. */
export const settingsFor = (
  influxd: Pick<Influxd, 'url' | 'admin'>,
  directory: string,
  over: Partial<InfluxSettings> = {}
): InfluxSettings => {
  const passwordFile = join(directory, 'influx.password')
  writeFileSync(passwordFile, `${influxd.admin.password}\n`, { mode: 0o600 })
  return {
    generation: 1,
    url: influxd.url,
    databases: { raw: 'readiness', rollup: 'readiness_rollup' },
    org: undefined,
    username: influxd.admin.username,
    passwordFile,
    tokenFile: undefined,
    caFile: undefined,
    allowLinkLocal: false,
    batchPoints: 5_000,
    timeoutMs: 30_000,
    historyPointsPerS: 20_000,
    rollupEveryMs: 900_000,
    pollMs: 1_000,
    ...over
  }
}
