/* SPDX-License-Identifier: Apache-2.0 */
/* handlers.h - one function a route; api_begin() has checked all that stands before the body. */
#ifndef CLOUD_HANDLERS_H
#define CLOUD_HANDLERS_H

#include "request.h"

void handle_get_health(request *self, response *answer);
void handle_create_registration(request *self, response *answer);
void handle_confirm_registration(request *self, response *answer);
void handle_create_recovery(request *self, response *answer);
void handle_confirm_recovery(request *self, response *answer);
void handle_create_session(request *self, response *answer);
void handle_get_session(request *self, response *answer);
void handle_end_session(request *self, response *answer);
void handle_list_companies(request *self, response *answer);
void handle_create_company(request *self, response *answer);
void handle_list_stores(request *self, response *answer);
void handle_create_store(request *self, response *answer);
void handle_register_till(request *self, response *answer);
void handle_revoke_token(request *self, response *answer);
void handle_revoke_tokens(request *self, response *answer);
void handle_upload_reports(request *self, response *answer);
void handle_compare_reports(request *self, response *answer);
void handle_get_catalogue(request *self, response *answer);
void handle_get_catalogue_lines(request *self, response *answer);
void handle_create_catalogue_upload(request *self, response *answer);
void handle_get_catalogue_upload(request *self, response *answer);
void handle_cancel_catalogue_upload(request *self, response *answer);
void handle_put_catalogue_page(request *self, response *answer);
void handle_commit_catalogue_upload(request *self, response *answer);

#endif
