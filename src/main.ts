#!/usr/bin/env node
import { awaitSignal } from './cli/signals.ts';

// Before anything is loaded: process 1 of a container never hears of a signal that has no handler yet.
if (process.argv[2] === 'run') void awaitSignal();
const { runProgram } = await import('./cli/program.ts');

process.exitCode = await runProgram(process.argv);
