/** The guide to functions, whose commands compile: as long as half of the other documents, and beside them. */
import { testDocument } from './document.js';

testDocument('docs/functions.md');
