/**
 * DuckDB in this process, as the reader of files: an optional peer, loaded when a file is read. It runs in memory with two to
 * four threads, keeps the order of rows, reads no extension from the network, and takes every local time as UTC.
 */
import { availableParallelism } from 'node:os';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import { ShardfoldError } from '../../errors.js';
import { fileError, unreadable } from './duckdb-errors.js';

export class Duck {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly file: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /**
   * @param file the file to be read: parameter `$1` of every query, with the signs of a glob pattern escaped
   * @param signal interrupts what is under way, which then fails with ABORTED
   */
  static async open(file: string, signal?: AbortSignal): Promise<Duck> {
    const { DuckDBInstance } = await load();
    const threads = String(Math.max(2, Math.min(4, availableParallelism())));
    const instance = await DuckDBInstance.create(':memory:', {
      threads,
      preserve_insertion_order: 'true',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    return new Duck(instance, file, signal);
  }

  /** A short answer as rows of values. */
  async rows(sql: string): Promise<readonly (readonly unknown[])[]> {
    return await this.connected(async (connection) => {
      const reader = await connection.runAndReadAll(sql, [this.pattern]);
      return reader.getRowsJS();
    });
  }

  /** Names and types of the columns of a relation. */
  async describe(relation: string): Promise<{ name: string; type: string }[]> {
    const rows = await this.rows(`DESCRIBE SELECT * FROM ${relation}`);
    return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
  }

  /** The answer in chunks of at most 2,048 rows, in order; the next one is on its way while the last is worked on. */
  async *stream(sql: string): AsyncGenerator<DuckDBDataChunk, void> {
    const { connection, close } = await this.connect();
    let next: Promise<DuckDBDataChunk | null> | undefined;
    try {
      const result = await connection.stream(sql, [this.pattern]);
      next = result.fetchChunk();
      for (;;) {
        const chunk = await next;
        next = undefined;
        this.checkSignal();
        if (chunk === null || chunk.rowCount === 0) return;
        next = result.fetchChunk();
        // A failure of the chunk after this one is to be seen when its turn comes, and not as an unhandled rejection.
        next.catch(() => undefined);
        yield chunk;
      }
    } catch (error) {
      throw this.asOurs(error);
    } finally {
      await next?.catch(() => undefined);
      close();
    }
  }

  unreadable(what: string, hint: string): ShardfoldError {
    return unreadable(this.file, what, hint);
  }

  private async connected<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const { connection, close } = await this.connect();
    try {
      return await use(connection);
    } catch (error) {
      throw this.asOurs(error);
    } finally {
      close();
    }
  }

  private async connect(): Promise<{ connection: DuckDBConnection; close: () => void }> {
    this.checkSignal();
    const connection = await this.instance.connect();
    const interrupt = () => connection.interrupt();
    this.signal?.addEventListener('abort', interrupt);
    const close = () => {
      this.signal?.removeEventListener('abort', interrupt);
      connection.closeSync();
    };
    await connection.run("SET TimeZone = 'UTC'");
    return { connection, close };
  }

  private checkSignal(): void {
    if (this.signal?.aborted) throw new ShardfoldError('ABORTED', 'reading the file was stopped');
  }

  private asOurs(error: unknown): ShardfoldError {
    return this.signal?.aborted
      ? new ShardfoldError('ABORTED', 'reading the file was stopped', { cause: error })
      : fileError(this.file, error);
  }

  private get pattern(): string {
    return this.file.replace(/[*?[]/g, '[$&]');
  }
}

async function load(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    throw new ShardfoldError('MISSING_DEPENDENCY', 'reading CSV, JSON and Parquet files needs DuckDB', {
      hint: 'npm i @duckdb/node-api',
      cause,
    });
  }
}

/** An identifier or a string as SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
