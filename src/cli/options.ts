export interface CliOptions {
  readonly json: boolean;
  readonly tensors: string;
  readonly analyses: readonly string[];
  readonly exactLimit: number;
  readonly workers: number;
  readonly cacheBytes: number;
  readonly signal: AbortSignal;
}
