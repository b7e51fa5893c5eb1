/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built-in shop's catalogue. Names go beyond ASCII on purpose: what a real shop sells has accents.
 */
#include "shop_catalogue.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *const few_lines[] = {
    "{\"kind\":\"catalogue\",\"schema\":\"pos.catalogue/1\",\"catalogue_id\":\"corner-shop\",\"currency\":\"EUR\"}",
#define TAX(id, name, rate)                                                                                            \
    "{\"kind\":\"tax\",\"tax_id\":\"" id "\",\"name\":\"" name "\",\"rate\":" rate                                     \
    ",\"included\":true,\"status\":\"active\"}"
    TAX("STANDARD", "IVA 21 %", "2100"),
    TAX("REDUCED", "IVA 10 %", "1000"),
    TAX("SUPER", "IVA 4 %", "400"),
#define TENDER(id, name, type)                                                                                         \
    "{\"kind\":\"payment_method\",\"payment_method_id\":\"" id "\",\"name\":\"" name "\",\"type\":\"" type             \
    "\",\"status\":\"active\"}"
    TENDER("CASH", "Cash", "cash"),
    TENDER("CARD", "Card", "card"),
    TENDER("VOUCHER", "Voucher", "voucher"),
    "{\"kind\":\"price_level\",\"price_level_id\":\"1\",\"name\":\"Normal\",\"tax_included\":true}",
#define DEPARTMENT(id, name)                                                                                           \
    "{\"kind\":\"department\",\"department_id\":\"" id "\",\"parent_id\":null,\"name\":\"" name                        \
    "\",\"status\":\"active\"}"
    DEPARTMENT("FRUIT", "Fruit and vegetables"),
    DEPARTMENT("BAKERY", "Bakery"),
    DEPARTMENT("DAIRY", "Dairy and eggs"),
    DEPARTMENT("GROCERY", "Grocery"),
    DEPARTMENT("DRINKS", "Drinks"),
    DEPARTMENT("HOUSEHOLD", "Household"),
    DEPARTMENT("CAFE", "Café corner"),
#define CASHIER(id, name)                                                                                              \
    "{\"kind\":\"user\",\"user_id\":\"" id "\",\"name\":\"" name "\",\"role\":\"cashier\",\"status\":\"active\"}"
    CASHIER("1", "Ana"),
    CASHIER("2", "Íñigo"),
    CASHIER("3", "Zoë"),
};

struct shop_item {
    const char *id;
    const char *barcode; /* EAN-13 */
    const char *name;
    const char *department_id;
    const char *tax_id;
    int64_t price_minor; /* of one piece, or of 1 kg where weighed */
    bool weighed;
};

#define ITEM(id, barcode, name, dept, tax, price_minor, weighed)                                                       \
    {                                                                                                                  \
        id, barcode, name, #dept, #tax, price_minor, weighed                                                           \
    }

static const struct shop_item shop_items[] = {
    ITEM("101", "8400000001014", "Bananas", FRUIT, SUPER, 189, true),
    ITEM("102", "8400000001021", "Oranges", FRUIT, SUPER, 165, true),
    ITEM("103", "8400000001038", "Tomatoes", FRUIT, SUPER, 249, true),
    ITEM("104", "8400000001045", "Potatoes", FRUIT, SUPER, 129, true),
    ITEM("105", "8400000001052", "Avocado", FRUIT, SUPER, 110, false),
    ITEM("106", "8400000001069", "Lemons, net", FRUIT, SUPER, 195, false),
    ITEM("107", "8400000001076", "Baguette", BAKERY, SUPER, 95, false),
    ITEM("108", "8400000001083", "Wholemeal loaf", BAKERY, SUPER, 245, false),
    ITEM("109", "8400000001090", "Croissant", BAKERY, REDUCED, 120, false),
    ITEM("110", "8400000001106", "Ensaïmada", BAKERY, REDUCED, 260, false),
    ITEM("111", "8400000001113", "Milk, 1 l", DAIRY, SUPER, 105, false),
    ITEM("112", "8400000001120", "Eggs, dozen", DAIRY, SUPER, 289, false),
    ITEM("113", "8400000001137", "Manchego cheese", DAIRY, SUPER, 1890, true),
    ITEM("114", "8400000001144", "Yoghurt, 4 pots", DAIRY, REDUCED, 215, false),
    ITEM("115", "8400000001151", "Butter, 250 g", DAIRY, REDUCED, 279, false),
    ITEM("116", "8400000001168", "Olive oil, 1 l", GROCERY, SUPER, 949, false),
    ITEM("117", "8400000001175", "Rice, 1 kg", GROCERY, REDUCED, 179, false),
    ITEM("118", "8400000001182", "Chickpeas, jar", GROCERY, REDUCED, 135, false),
    ITEM("119", "8400000001199", "Tuna, 3 tins", GROCERY, REDUCED, 345, false),
    ITEM("120", "8400000001205", "Chocolate", GROCERY, REDUCED, 199, false),
    ITEM("121", "8400000001212", "Jamón, sliced", GROCERY, REDUCED, 425, false),
    ITEM("122", "8400000001229", "Salt, 1 kg", GROCERY, REDUCED, 49, false),
    ITEM("123", "8400000001236", "Water, 1.5 l", DRINKS, REDUCED, 65, false),
    ITEM("124", "8400000001243", "Orange juice", DRINKS, REDUCED, 189, false),
    ITEM("125", "8400000001250", "Lemonade", DRINKS, STANDARD, 155, false),
    ITEM("126", "8400000001267", "Beer, 6 cans", DRINKS, STANDARD, 459, false),
    ITEM("127", "8400000001274", "Rioja, bottle", DRINKS, STANDARD, 795, false),
    ITEM("128", "8400000001281", "Cava", DRINKS, STANDARD, 1150, false),
    ITEM("129", "8400000001298", "Detergent, 2 l", HOUSEHOLD, STANDARD, 899, false),
    ITEM("130", "8400000001304", "Kitchen roll", HOUSEHOLD, STANDARD, 325, false),
    ITEM("131", "8400000001311", "Batteries, 4", HOUSEHOLD, STANDARD, 549, false),
    ITEM("132", "8400000001328", "Candles", HOUSEHOLD, STANDARD, 399, false),
    ITEM("133", "8400000001335", "Carrier bag", HOUSEHOLD, STANDARD, 15, false),
    ITEM("134", "8400000001342", "Coffee", CAFE, REDUCED, 140, false),
    ITEM("135", "8400000001359", "Café con leche", CAFE, REDUCED, 170, false),
    ITEM("136", "8400000001366", "Tortilla slice", CAFE, REDUCED, 320, false),
};

bool shop_catalogue_line(size_t n, char line[SHOP_CATALOGUE_LINE_BYTES])
{
    if (n < COUNT_OF(few_lines)) {
        (void)snprintf(line, SHOP_CATALOGUE_LINE_BYTES, "%s", few_lines[n]);
        return true;
    }
    size_t place = (n - COUNT_OF(few_lines)) / 2;
    if (place >= COUNT_OF(shop_items))
        return false;
    const struct shop_item *item = &shop_items[place];
    if ((n - COUNT_OF(few_lines)) % 2 == 0)
        (void)snprintf(
            line, SHOP_CATALOGUE_LINE_BYTES,
            "{\"kind\":\"item\",\"item_id\":\"%s\",\"name\":\"%s\",\"department_id\":\"%s\",\"tax_id\":\"%s\","
            "\"barcodes\":[\"%s\"],\"unit\":\"%s\",\"status\":\"active\"}",
            item->id, item->name, item->department_id, item->tax_id, item->barcode, item->weighed ? "kg" : "piece");
    else
        (void)snprintf(line, SHOP_CATALOGUE_LINE_BYTES,
                       "{\"kind\":\"price\",\"item_id\":\"%s\",\"price_level_id\":\"1\",\"amount\":%" PRId64
                       ",\"valid_from\":\"2020-01-01\",\"valid_to\":null}",
                       item->id, item->price_minor);
    return true;
}
