import "htmx.org"; // registers itself; its settings stand in <meta name="htmx-config">
import { installKeyboard } from "./keyboard";
import { installPassages } from "./passage";
import { installReading } from "./reading";
import { installThemeToggle } from "./theme-choice";

function announceFailures(): void {
  const say = (words: string): void => {
    for (const place of document.querySelectorAll("[data-request-status]")) place.textContent = words;
  };
  document.addEventListener("htmx:beforeRequest", () => say(""));
  document.addEventListener("htmx:sendError", () => say("No answer from Babelscope: is it still running?"));
  document.addEventListener("htmx:timeout", () => say("The answer took too long. Try again, or narrow the question."));
}

document.addEventListener("DOMContentLoaded", () => {
  installThemeToggle();
  installKeyboard();
  installPassages();
  installReading();
  announceFailures();
});
