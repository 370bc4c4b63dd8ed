/** Resolves with the reason when this process is told to stop: SIGTERM, SIGINT, or the end of the parent that runs it (`npm start`). */
export const untilToldToStop = (): Promise<string> =>
  new Promise(resolve => {
    process.once('SIGTERM', () => resolve('sigterm'))
    process.once('SIGINT', () => resolve('sigint'))
    if (process.env['CAMPUS_GAUGE_PARENT'] === undefined) return
    process.stdin.once('end', () => resolve('parent_ended'))
    process.stdin.resume()
    // Listening for the parent must not keep a process alive that has finished.
    process.stdin.unref()
  })
