// Modules of others, whose own types are not brought along.
declare module "preact";
declare module "preact/hooks";
declare module "@preact/signals";
declare module "htm";
declare module "uplot";

// What a page without a server holds, and what its files call.
declare var mediatypesAnswers: any;
declare var mediatypesFile: (address: string, text: string) => void;

interface Window {
  Plotly: any;
  vegaEmbed: any;
}
