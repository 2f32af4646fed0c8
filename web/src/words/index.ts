import { de } from "./de";
import { en, type Words } from "./en";

export const language = navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
export const words: Words = language === "de" ? de : en;
export const locale = navigator.language;
