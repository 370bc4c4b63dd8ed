import { readFileSync } from 'node:fs'
import type { Static, TSchema } from 'typebox'
import { ExitError, type ExitWord } from '../contract/exit.ts'
import { parse } from '../contract/parse.ts'

/** A collector that runs elsewhere, asked by a command: by its address, with its admin secret. */
export interface Remote {
  /** Rejects with an ExitError: it does not answer, does not let us, or refuses (`refused`) with its own words. */
  ask<T extends TSchema>(path: string, schema: T, request?: RemoteRequest): Promise<Static<T>>
}

export interface RemoteRequest {
  readonly contentType: string
  readonly body: string | Uint8Array<ArrayBuffer>
}

/** `options.refused`: how a command ends whose request the collector refuses. Throws an ExitError when the secret is not there. */
export const openRemote = (
  url: string,
  { secretFile, refused }: { readonly secretFile: string | undefined; readonly refused: ExitWord }
): Remote => {
  if (secretFile === undefined)
    throw new ExitError('usage', 'option --url needs --secret-file: the file of the admin secret of that collector')
  const secret = secretIn(secretFile)
  return {
    ask: async (path, schema, request) => {
      const response = await fetch(`${url.replace(/\/$/, '')}${path}`, {
        method: request === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${secret}`,
          ...(request === undefined ? {} : { 'content-type': request.contentType })
        },
        ...(request === undefined ? {} : { body: request.body })
      }).catch((cause: unknown) => {
        throw new ExitError('unreachable', 'option --url must lead to a collector that answers', { cause })
      })
      const answer: unknown = await response.json().catch((cause: unknown) => {
        const got = `${response.status} without JSON`
        throw new ExitError('unreachable', `option --url must lead to a collector, got ${got}`, { cause })
      })
      if (response.ok) return parse(schema, answer, `answer of ${path.split('?')[0] ?? path}`)
      const detail = typeof answer === 'object' && answer !== null && 'detail' in answer ? String(answer.detail) : ''
      const words =
        detail === '' ? `option --url must lead to a collector, got ${response.status} without a reason` : detail
      throw new ExitError(response.status === 401 || response.status === 403 ? 'notPermitted' : refused, words)
    }
  }
}

const secretIn = (file: string): string => {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new ExitError('usage', `option --secret-file must be a readable file, got "${file}"`, { cause })
  }
  if (!/^[\x21-\x7e]+$/.test(text))
    throw new ExitError('badConfiguration', `${file} must hold one admin secret and nothing else`)
  return text
}
