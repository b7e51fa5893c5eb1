/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page's own words. What the settings screen says comes from the plugin, in the same language.
 */
#include "web_words.h"

#include <string.h>

static const struct {
    const char *english;
    const char *spanish;
} web_words[WEB_WORD_COUNT] = {
    [WEB_WORD_NONE] = {"", ""},
    [WEB_WORD_SKIP] = {"Skip to the settings", "Ir a los ajustes"},
    [WEB_WORD_TILL] = {"Till", "Caja"},
    [WEB_WORD_REGISTER] = {"Register %s", "Caja %s"},
    [WEB_WORD_PERIOD] = {"Z %s open", "Z %s abierto"},
    [WEB_WORD_RECEIPT] = {"1 receipt", "1 tique"},
    [WEB_WORD_RECEIPTS] = {"%s receipts", "%s tiques"},
    [WEB_WORD_SELL] = {"Sell", "Vender"},
    [WEB_WORD_CLOSE_DAY] = {"Close the day", "Cerrar el día"},
    [WEB_WORD_OPEN_SETTINGS] = {"Open the settings", "Abrir los ajustes"},
    [WEB_WORD_NO_SETTINGS] = {"The settings are closed", "Los ajustes están cerrados"},
    [WEB_WORD_NO_SETTINGS_TEXT] = {"The till goes on selling and sending its reports.",
                                   "La caja sigue vendiendo y enviando sus informes."},
    [WEB_WORD_BACK] = {"Back", "Volver"},
    [WEB_WORD_LEAVE] = {"Close the settings", "Cerrar los ajustes"},
    [WEB_WORD_APPLY] = {"Apply", "Aplicar"},
    [WEB_WORD_FIRST] = {"First page", "Primera página"},
    [WEB_WORD_PREVIOUS] = {"Previous page", "Página anterior"},
    [WEB_WORD_NEXT] = {"Next page", "Página siguiente"},
    [WEB_WORD_LAST] = {"Last page", "Última página"},
    [WEB_WORD_RANGE] = {"%s to %s of %s", "%s a %s de %s"},
    [WEB_WORD_PAGES] = {"Pages of the list", "Páginas de la lista"},
    [WEB_WORD_SHOW] = {"Show", "Mostrar"},
    [WEB_WORD_HIDE] = {"Hide", "Ocultar"},
    [WEB_WORD_LOOK_AGAIN] = {"Look again", "Actualizar"},
    [WEB_WORD_LOST] = {"The till does not answer. This page goes on trying.",
                       "La caja no responde. Esta página lo sigue intentando."},
    [WEB_WORD_ERROR] = {"Needs you", "Requiere su atención"},
    [WEB_WORD_WARNING] = {"Warning", "Aviso"},
    [WEB_WORD_INFO] = {"Information", "Información"},
    [WEB_WORD_FINE] = {"All well", "Todo bien"},
    [WEB_WORD_STALE] = {"The page had changed meanwhile, so nothing was done. This is how it is now.",
                        "La página había cambiado, así que no se hizo nada. Así está ahora."},
    [WEB_WORD_TOO_LONG] = {"This is too long.", "Es demasiado largo."},
    [WEB_WORD_DIGITS] = {"Only digits, please.", "Solo cifras, por favor."},
    [WEB_WORD_NOT_TEXT] = {"This cannot be entered here.", "Esto no se puede introducir aquí."},
    [WEB_WORD_SOLD] = {"Receipt %s is rung up.", "Tique %s registrado."},
    [WEB_WORD_CLOSED] = {"The day is closed: Z %s.", "El día está cerrado: Z %s."},
    [WEB_WORD_FAILED] = {"This did not work: %s", "No ha funcionado: %s"},
};

static int web_is_spanish(const char *language)
{
    return language != NULL && strncmp(language, "es", 2) == 0;
}

const char *web_word(const char *language, enum web_word word)
{
    if (word >= WEB_WORD_COUNT)
        return "";
    return web_is_spanish(language) ? web_words[word].spanish : web_words[word].english;
}

const char *web_words_language(const char *language)
{
    return web_is_spanish(language) ? "es" : "en";
}
