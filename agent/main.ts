import { pino } from 'pino'
import { untilToldToStop } from '../contract/stop.ts'
import { startAgent } from './agent.ts'
import { loadAgentSettings } from './config.ts'
import { probes } from './probes/index.ts'
import { thisSystem } from './system.ts'

/** `campus-gauge agent --config FILE`: runs until SIGTERM or SIGINT. */
export const runAgent = async (file: string): Promise<void> => {
  const settings = loadAgentSettings(file)
  const log = pino({ level: settings.log, base: null }, pino.destination(2))
  const agent = startAgent(settings, { system: thisSystem(), probes, log })
  process.stdout.write(`${JSON.stringify({ agent: agent.id })}\n`)
  await agent.stop(await untilToldToStop())
}
