// Runs before the first paint, so that a chosen theme never flashes.
import { applyTheme, storedTheme } from "./theme-choice";

applyTheme(storedTheme());
